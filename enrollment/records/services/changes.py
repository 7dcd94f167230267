"""Change documents by staff: the same rules as the file's (docs/files.md §6.4), with the stricter guards of a decision
made here."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from common.access import require
from common.errors import DomainError
from common.ledger import OpenRecording, recording
from enrollment.records.life import Life
from enrollment.records.models.changes import ChangeKind, StudentChange
from enrollment.records.models.students import Student
from enrollment.records.services.change_refusals import coherent_life, refuse
from enrollment.records.services.corrections import correct_entry_date
from enrollment.records.services.entering import ChangeDraft, write_changes
from enrollment.records.services.grounds import Grounds
from enrollment.records.services.guards import require_one_enrolment
from enrollment.records.services.lives import hold_centers_of, lives_of, replay
from enrollment.records.services.moves import TARGETS, require_served, require_sound_moves
from learning_centers.models import ProgrammeVersion
from learning_centers.study_forms import admits

__all__ = [
    "correct_entry_date",
    "preview_change",
    "preview_reversal",
    "record_change",
    "reverse_change",
    "write_documents",
    "write_reversal",
]

NEEDS_DECISION = {ChangeKind.EXPEL, ChangeKind.CANCEL}


def preview_change(
    student: Student, draft: ChangeDraft, *, decided: bool = True, grounds: Grounds | None = None
) -> tuple[Life, Life]:
    """The life before and after the change; raises DomainError with the contract's code if it is refused.

    A change may be placed in the past as long as all later ones still hold. What is not `decided` needs no decision number
    yet. Who judges many students gives their common `grounds`.
    """
    grounds = grounds or Grounds.of(student)
    entry, changes = grounds.entries[student.pk], grounds.changes[student.pk]
    before = coherent_life(student, entry, changes)
    kind = ChangeKind(draft.kind)
    if decided and kind in NEEDS_DECISION and not (draft.decision_no and draft.decision_date):
        raise refuse("decision_needed")
    if kind in TARGETS and not getattr(draft, TARGETS[kind]):
        raise refuse("required")
    own = TARGETS.get(kind, "new_center_id" if kind is ChangeKind.REINSTATE else "")
    if any(getattr(draft, name) for name in set(TARGETS.values()) - {own}):
        raise refuse("change_not_possible")
    if any(one.effective_date == draft.effective_date for one in changes):
        raise refuse("change_overlaps")
    after = coherent_life(student, entry, [*changes, draft.change])
    if draft.new_center_id and (code := grounds.intake(draft.new_center_id).refusal(draft.effective_date)):
        raise refuse(code)
    if draft.new_programme_version_id:
        present = next(one for one in reversed(after.periods) if one.begin < draft.effective_date or one.position == 1)
        now, wanted = grounds.version(present.programme_version_id), grounds.version(draft.new_programme_version_id)
        _check_programme(student, draft.kind, now, wanted, grounds)
    if kind in TARGETS or draft.new_center_id:
        require_sound_moves(after, grounds, since=draft.effective_date, of=draft.effective_date)
    require_served(before, after, grounds)
    return before, after


def _check_programme(
    student: Student, kind: str, present: ProgrammeVersion, wanted: ProgrammeVersion, grounds: Grounds
) -> None:
    """Another major on the same path, in the same form; or the same programme in another form that admits the student's
    batch (docs/rules.md §§2.1, 2.4)."""
    if kind == ChangeKind.CHANGE_MAJOR:
        if wanted.programme.level_path != present.programme.level_path:
            raise refuse("other_level_path")
        if wanted.study_form != present.study_form:
            raise refuse("other_study_form")
    elif wanted.programme_id != present.programme_id:
        raise refuse("change_not_possible")
    elif not admits(wanted.study_form, grounds.batches[student.pk][0], grounds.book):
        raise refuse("study_form_not_valid_for_batch")


@transaction.atomic
def record_change(student: Student, draft: ChangeDraft, *, by: Any) -> Life:
    """Write a change document and what follows from it; returns the life after it.

    Right: `enrollment.record_change`. Raises DomainError (contract codes) and NotAllowed.
    """
    require(by, "enrollment.record_change", student)
    with recording(student.institution, by=by, reason="enrollment.record_change") as entry:
        locked = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
        hold_centers_of([student.pk], draft.new_center_id)
        preview_change(locked, draft)
        write_documents([(student.pk, draft)], entry=entry, by=by)
        entry.note("enrollment.record_change", student, kind=draft.kind, on=draft.effective_date.isoformat())
    return lives_of([student.pk])[student.pk]


def write_documents(
    drafts: Sequence[tuple[int, ChangeDraft]], *, entry: OpenRecording, by: Any
) -> dict[int, StudentChange]:
    """The inner act of decisions: the document of each student and the periods that follow. The caller has asked for the right,
    locked the students and judged the changes (`preview_change`)."""
    students = [student for student, _draft in drafts]
    write_changes(entry, drafts, approved_by=by)
    replay(students, entry=entry)
    written = StudentChange.objects.in_force().filter(student__in=students, recorded_in=entry.id)
    days = {(student, draft.effective_date) for student, draft in drafts}
    return {one.student_id: one for one in written if (one.student_id, one.effective_date) in days}


@transaction.atomic
def reverse_change(change: StudentChange, *, decision_no: str, reason: str, by: Any) -> Life:
    """Take a document back by another one: both stay, neither is in force. Right: `enrollment.reverse_change`.

    Raises DomainError `change_not_possible` if later changes do not hold without it, `required` without a reason.
    """
    student = change.student
    require(by, "enrollment.reverse_change", student)
    if not reason:
        raise refuse("required")
    with recording(student.institution, by=by, reason="enrollment.reverse_change") as entry:
        write_reversal(change, decision_no=decision_no, reason=reason, entry=entry, by=by)
        entry.note("enrollment.reverse_change", student, kind=change.kind, on=change.effective_date.isoformat())
    return lives_of([student.pk])[student.pk]


def preview_reversal(change: StudentChange) -> tuple[Life, Life]:
    """The life with and without the document; raises DomainError `change_not_possible`, `later_change_leads_nowhere` or
    `major_not_open_at_center` if later changes need it, `center_revoked` where it leads back to a centre that is no more, and
    `enrolled_elsewhere`."""
    grounds = Grounds.of(change.student)
    entry, changes = grounds.entries[change.student_id], grounds.changes[change.student_id]
    before = coherent_life(change.student, entry, changes)
    others = [one for one in changes if one.effective_date != change.effective_date]
    try:
        after = coherent_life(change.student, entry, others)
    except DomainError as refusal:
        raise refuse("change_not_possible") from refusal
    require_sound_moves(after, grounds, since=change.effective_date)
    require_served(before, after, grounds)
    require_one_enrolment(change.student, before, after, grounds)
    return before, after


def write_reversal(
    change: StudentChange, *, decision_no: str, reason: str, entry: OpenRecording, by: Any
) -> StudentChange:
    """The inner act of taking a document back; returns the document that does so. The caller has asked for the right."""
    Student.objects.select_for_update(of=("self",)).get(pk=change.student_id)
    hold_centers_of([change.student_id])
    change = StudentChange.objects.in_force().get(pk=change.pk)
    preview_reversal(change)
    StudentChange.objects.filter(pk=change.pk).supersede(entry.id)
    taken_back = _copy(change, entry.id, in_force=False)
    reversal = _copy(change, entry.id, in_force=False, reverses=taken_back, decision_no=decision_no, reason=reason,
                     origin=StudentChange.Origin.STAFF, approved_by=by)  # fmt: skip
    replay([change.student_id], entry=entry)
    return reversal


def _copy(change: StudentChange, recording_id: int, **values: Any) -> StudentChange:
    skipped = {"id", "public_id", "recorded_in", "superseded_in", "source_row"}
    kept = {field.name: getattr(change, field.name) for field in change._meta.fields if field.name not in skipped}
    return StudentChange.objects.create(**kept | values, recorded_in_id=recording_id)
