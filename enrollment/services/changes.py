"""Change documents by staff: the same rules as the file's (contract §6.4), with the stricter guards of a decision made here."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.ledger import recording
from enrollment.life import Change, Entry, Life, Refusal, live
from enrollment.models import Student, StudentChange, StudentEntry
from enrollment.models.changes import ChangeKind
from enrollment.services.entering import ChangeDraft, write_changes
from enrollment.services.lives import changes_of, entries_of, replay
from learning_centers.intake import center_intakes
from learning_centers.models import LearningCenter, ProgrammeVersion

NEEDS_DECISION = {ChangeKind.EXPEL, ChangeKind.CANCEL}
TARGETS = {
    ChangeKind.CHANGE_CENTER: "new_center_id",
    ChangeKind.CHANGE_MAJOR: "new_programme_version_id",
    ChangeKind.CHANGE_FORM: "new_programme_version_id",
}


def sentence(code: str) -> str:
    """Why a change is refused, for people; the codes are the contract's."""
    return {
        "change_before_entry": _("The change is dated before the student entered."),
        "change_after_terminal": _("The student had already left."),
        "change_overlaps": _("Another change is dated on the same day."),
        "change_not_possible": _("This change is not possible from the state on that day."),
        "center_stopped_intake": _("The learning centre takes no students in on that day."),
        "center_filing_lapsed": _("The learning centre has no filing that covers that day."),
        "major_not_open_at_center": _("The learning centre has not filed this major."),
        "required": _("A value is missing that this kind of change needs."),
    }[code]


def refuse(code: str, **details: Any) -> DomainError:
    return DomainError(sentence(code), code=code, **details)


def preview_change(student: Student, draft: ChangeDraft) -> tuple[Life, Life]:
    """The life before and after the change; raises DomainError with the contract's code if it is refused.

    A change may be placed in the past as long as all later ones still hold.
    """
    entry: Entry = entries_of([student.pk])[student.pk]
    changes = changes_of([student.pk])[student.pk]
    before = live(entry, changes)
    kind = ChangeKind(draft.kind)
    if (kind in NEEDS_DECISION and not draft.decision_no) or (kind in TARGETS and not getattr(draft, TARGETS[kind])):
        raise refuse("required")
    if any(one.effective_date == draft.effective_date for one in changes):
        raise refuse("change_overlaps")
    try:
        after = live(entry, [*changes, draft.change])
    except Refusal as refusal:
        raise refuse(refusal.code) from refusal
    if kind in TARGETS:
        _check_target(entry, changes, draft)
    return before, after


def _check_target(entry: Entry, changes: list[Change], draft: ChangeDraft) -> None:
    """Where the student goes must be open for what is studied there, and differ from what is (contract §6.4.7)."""
    present = live(entry, [one for one in changes if one.effective_date < draft.effective_date]).last
    center_id = draft.new_center_id or present.center_id
    version_id = draft.new_programme_version_id or present.programme_version_id
    if (center_id, version_id) == (present.center_id, present.programme_version_id):
        raise refuse("change_not_possible")
    if draft.new_programme_version_id:
        _check_programme(present.programme_version_id, draft)
    intake = center_intakes(LearningCenter.objects.filter(pk=center_id))[center_id]
    if draft.new_center_id and (code := intake.refusal(draft.effective_date)):
        raise refuse(code)
    major = ProgrammeVersion.objects.values_list("programme__major__code", flat=True).get(pk=version_id)
    if not intake.is_open_for(major, draft.effective_date):
        raise refuse("major_not_open_at_center")


def _check_programme(present_id: int, draft: ChangeDraft) -> None:
    """Another major on the same path, in the same form and school; or the same programme in another form (domain.md §2.4)."""
    versions = ProgrammeVersion.objects.select_related("programme").in_bulk(
        [present_id, draft.new_programme_version_id]
    )
    present, wanted = versions[present_id], versions[draft.new_programme_version_id or 0]
    if draft.kind == ChangeKind.CHANGE_FORM:
        fits = wanted.programme_id == present.programme_id
    else:
        fits = (wanted.study_form, wanted.programme.level_path, wanted.programme.school_id) == (
            present.study_form, present.programme.level_path, present.programme.school_id,
        )  # fmt: skip
    if not fits:
        raise refuse("change_not_possible")


@transaction.atomic
def record_change(student: Student, draft: ChangeDraft, *, by: Any) -> Life:
    """Write a change document and what follows from it; returns the life after it.

    Right: `enrollment.record_change`. Raises DomainError (contract codes) and NotAllowed.
    """
    require(by, "enrollment.record_change", student)
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    _life, after = preview_change(student, draft)
    with recording(student.institution, by=by, reason="enrollment.record_change") as entry:
        write_changes(entry, [(student.pk, draft)])
        replay([student.pk], entry=entry)
        entry.note("enrollment.record_change", student, kind=draft.kind, on=draft.effective_date.isoformat())
    return after


@transaction.atomic
def reverse_change(change: StudentChange, *, decision_no: str, reason: str, by: Any) -> Life:
    """Take a document back by another one: both stay, neither is in force. Right: `enrollment.reverse_change`.

    Raises DomainError `change_not_possible` if later changes do not hold without it, `required` without a reason.
    """
    require(by, "enrollment.reverse_change", change.student)
    if not reason:
        raise refuse("required")
    student = Student.objects.select_for_update(of=("self",)).get(pk=change.student_id)
    change = StudentChange.objects.in_force().get(pk=change.pk)
    remaining = [one for one in changes_of([student.pk])[student.pk] if one.effective_date != change.effective_date]
    try:
        life = live(entries_of([student.pk])[student.pk], remaining)
    except Refusal as refusal:
        raise refuse("change_not_possible") from refusal
    with recording(student.institution, by=by, reason="enrollment.reverse_change") as entry:
        StudentChange.objects.filter(pk=change.pk).supersede(entry.id)
        taken_back = _copy(change, entry.id, in_force=False)
        _copy(change, entry.id, in_force=False, reverses=taken_back, decision_no=decision_no, reason=reason,
              origin=StudentChange.Origin.STAFF)  # fmt: skip
        replay([student.pk], entry=entry)
        entry.note("enrollment.reverse_change", student, kind=change.kind, on=change.effective_date.isoformat())
    return life


def _copy(change: StudentChange, recording_id: int, **values: Any) -> StudentChange:
    skipped = {"id", "public_id", "recorded_in", "superseded_in", "source_row"}
    kept = {field.name: getattr(change, field.name) for field in change._meta.fields if field.name not in skipped}
    return StudentChange.objects.create(**kept | values, recorded_in_id=recording_id)


@transaction.atomic
def correct_entry_date(student: Student, entry_date: dt.date, *, reason: str, by: Any) -> Life:
    """Correct (勘误) the day of entry; refused with `change_not_possible` if stored changes do not hold after it."""
    require(by, "enrollment.correct_entry", student)
    if not reason:
        raise refuse("required")
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    known = StudentEntry.objects.current().get(student=student)
    corrected = Entry(entry_date, known.center_id, known.programme_version_id, str(known.kind))
    try:
        life = live(corrected, changes_of([student.pk])[student.pk])
    except Refusal as refusal:
        raise refuse("change_not_possible") from refusal
    with recording(student.institution, by=by, reason="enrollment.correct_entry") as entry:
        StudentEntry.objects.filter(pk=known.pk).supersede(entry.id)
        known.pk, known.entry_date, known.recorded_in_id = None, entry_date, entry.id
        known.superseded_in_id = known.source_row = None
        known.save(force_insert=True)
        replay([student.pk], entry=entry)
        entry.note("enrollment.correct_entry", student, reason=reason)
    return life
