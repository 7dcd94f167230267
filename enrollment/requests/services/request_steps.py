"""What all acts on a request share: its terms as they are written, the step that stays, the rules of where it belongs."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from common.dates import today
from common.errors import DomainError
from common.ledger import OpenRecording
from common.transitions import move, move_all
from enrollment.attachments.models.attachments import Attachment
from enrollment.records.models.changes import StudentChange
from enrollment.records.models.students import Student
from enrollment.records.services.change_refusals import refuse
from enrollment.records.services.entering import ChangeDraft
from enrollment.records.services.facts import as_text, present_value, value_of
from enrollment.records.services.terms import student_rule
from enrollment.requests.models.requests import (
    CORRECT,
    REVERSE,
    ChangeRequest,
    RequestParty,
    RequestStatus,
    RequestStep,
)
from people.services.notices import notify, users_holding

WRITING = ("enrollment.request_change", "enrollment.edit_request", "enrollment.submit_request")


@dataclass(frozen=True)
class RequestDraft:
    """What is asked for. A change has `effective_date` (and a target); a correction has `fact` and `new_value`; a reversal
    has `reverses`, the document that is to be taken back."""

    kind: str
    effective_date: dt.date | None = None
    new_center_id: int | None = None
    new_programme_version_id: int | None = None
    fact: str = ""
    new_value: str = ""
    reverses: StudentChange | None = None
    reason_code: str = ""
    reason: str = ""
    applicant: str = ""
    decision_no: str = ""
    decision_date: dt.date | None = None

    def terms(self, student: Student) -> dict[str, Any]:
        """As columns of a request: a reversal is dated as its document, a correction keeps both values.

        Raises DomainError `required` without a day, a document or a fact, and for values that cannot be.
        """
        kept = dict(vars(self))
        if self.kind == CORRECT:
            new = value_of(student, self.fact, self.new_value)
            kept |= {"effective_date": None, "old_value": present_value(student, self.fact), "new_value": as_text(new)}
        elif self.kind == REVERSE and self.reverses and self.reverses.student_id == student.pk:
            kept["effective_date"] = self.reverses.effective_date
        elif self.kind == REVERSE or self.effective_date is None:
            raise refuse("required")
        return kept


def change_asked_for(request: ChangeRequest) -> ChangeDraft:
    """The document that the request would lead to."""
    center = request.new_center
    return ChangeDraft(
        kind=request.kind,
        effective_date=request.effective_date or dt.date.min,
        decision_no=request.decision_no,
        decision_date=request.decision_date,
        new_value=center.code if center else "",
        new_center_id=request.new_center_id,
        new_programme_version_id=request.new_programme_version_id,
        reason=request.reason or "",
        applicant=request.applicant,
        origin=StudentChange.Origin.STAFF,
        case=request.case.public_id if request.case else None,
    )


def require_evidence(request: ChangeRequest) -> None:
    """Raises DomainError `evidence_needed` where the rule wants a scan on file; a case or a watched case is evidence itself."""
    if (
        request.case_id
        or request.watch_items.exists()
        or request.kind not in student_rule("change_needs_evidence", request.student, today(request.institution))
    ):
        return
    if not Attachment.objects.filter(request=request, removed_at__isnull=True).exists():
        raise refuse("evidence_needed")


def take_step(
    request: ChangeRequest,
    verb: str,
    *,
    by: Any,
    entry: OpenRecording,
    to: RequestStatus | None = None,
    reason_code: str = "",
    comment: str = "",
    grows: bool = True,
    **values: Any,
) -> None:
    """Move the (locked) request, write the values, and keep who did it and why; its version grows with what is asked for, not
    with what a centre says to it."""
    if to is not None:
        move(request, to)
    for name, value in {**values, "version": request.version + grows}.items():
        setattr(request, name, value)
    request.save(update_fields=[*values, "version"])
    RequestStep.objects.create(
        institution_id=request.institution_id, request=request, actor=by, verb=verb, status=request.status,
        reason_code=reason_code, comment=comment,
    )  # fmt: skip
    entry.note(verb, request, reason=reason_code, kind=request.kind)


def take_steps(
    requests: Sequence[ChangeRequest],
    verb: str,
    *,
    by: Any,
    entry: OpenRecording,
    to: RequestStatus,
    also: Sequence[str] = (),
) -> None:
    """`take_step` for many requests at once; the fields named in `also` are written as they stand on the rows."""
    for one in requests:
        one.version += 1
    move_all(requests, to, also=[*also, "version"])
    RequestStep.objects.bulk_create(
        RequestStep(institution_id=one.institution_id, request=one, actor=by, verb=verb, status=to) for one in requests
    )
    for one in requests:
        entry.note(verb, one, kind=one.kind)


def writers_of(request: ChangeRequest) -> set[int]:
    """The users whose words it is: who rewrote a returned request is no second person, whoever hands it in."""
    return {request.requested_by_id, *request.steps.filter(verb__in=WRITING).values_list("actor", flat=True)}


def may_take_up(request: ChangeRequest, by: Any) -> bool:
    """Whether `by` may amend or take back what is asked for: a learning centre only what a centre has asked for."""
    return _speaks_for_more_than_a_center(by, request) or not _speaks_for_more_than_a_center(
        request.requested_by, request
    )


def _speaks_for_more_than_a_center(user: Any, request: ChangeRequest) -> bool:
    return user.is_system or any(
        reach.level != "center" and reach.institution_id == request.institution_id and WRITING[0] in reach.verbs
        for reach in user.reaches
    )


def require_to_take_up(request: ChangeRequest, by: Any) -> None:
    """Raises DomainError `asked_by_others` unless `may_take_up`."""
    if not may_take_up(request, by):
        raise DomainError(
            _("The institution has asked for this; a learning centre cannot change it or take it back."),
            code="asked_by_others",
        )


def tell_about(request: ChangeRequest, kind: str, users: Iterable[Any]) -> None:
    """A notice that names the present centre and nobody's name."""
    party = request.parties.select_related("center").order_by("side").first()
    notify(users, kind, institution=request.institution, subject=request, center=party.center if party else "")


def tell_asker(request: ChangeRequest, kind: str) -> None:
    tell_about(request, kind, [request.requested_by])


def tell_who_decides(request: ChangeRequest) -> None:
    """Whoever may decide, once both sides have spoken; nobody who wrote any of it."""
    if request.parties.filter(consent=RequestParty.Consent.WAITING).exists():
        return
    deciders = users_holding("enrollment.approve_change", request).exclude(pk__in=writers_of(request))
    tell_about(request, "request_waiting", deciders)
