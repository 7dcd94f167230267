"""A change, a correction or a reversal on its way: asked for by one person, agreed to by the centres, decided by another
(four eyes, docs/rules.md §§2.4, 8). The document and the periods come only with the decision."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import require
from common.dates import today
from common.errors import DomainError
from common.ledger import OpenRecording, recording
from common.versions import lock_as_seen
from enrollment.records.life import Life
from enrollment.records.models.changes import ChangeKind, StudentChange
from enrollment.records.models.students import Student
from enrollment.records.reasons import Reasons
from enrollment.records.services.change_refusals import refuse
from enrollment.records.services.changes import preview_change, preview_reversal, write_documents, write_reversal
from enrollment.records.services.corrections import preview_correction, write_correction
from enrollment.records.services.facts import present_value
from enrollment.records.services.grounds import Grounds
from enrollment.records.services.guards import Move, check_guards
from enrollment.records.services.lives import hold_centers_of, lives_of
from enrollment.records.services.terms import student_rule
from enrollment.requests.models.requests import ALIVE, CORRECT, REVERSE, ChangeRequest, RequestStatus
from enrollment.requests.services.consenting import ask_sides, give_consent, name_sides, require_consents, waive_consent
from enrollment.requests.services.request_steps import (
    RequestDraft,
    change_asked_for,
    require_evidence,
    require_to_take_up,
    take_step,
    tell_asker,
    tell_who_decides,
    writers_of,
)
from people.services.second_person import accounts_of

__all__ = [
    "RequestDraft",
    "approve_request",
    "edit_request",
    "give_consent",
    "preview_draft",
    "preview_request",
    "reject_request",
    "request_change",
    "request_correction",
    "return_request",
    "submit_request",
    "waive_consent",
    "withdraw_request",
]

EDITABLE = (RequestStatus.DRAFT, RequestStatus.RETURNED)


@transaction.atomic
def request_change(student: Student, draft: RequestDraft, *, save_only: bool = False, by: Any) -> ChangeRequest:
    """Ask for a change; with `save_only` it stays a draft, to which evidence can be attached before `submit_request`.

    Right: `enrollment.request_change`. Raises DomainError `already_asked`, and whatever `submit_request` raises.
    """
    require(by, "enrollment.request_change", student)
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    with recording(student.institution, by=by, reason="enrollment.request_change") as entry:
        request = ChangeRequest(
            institution_id=student.institution_id, student=student, requested_by=by, **draft.terms(student)
        )
        _refuse_doubles(request)
        request.save()
        name_sides(request, lives_of([student.pk])[student.pk])
        take_step(request, "enrollment.request_change", by=by, entry=entry)
        if not save_only:
            _submit(request, entry, by)
    return request


def request_correction(
    student: Student,
    fact: str,
    new_value: str,
    *,
    reason: str,
    reason_code: str = "",
    applicant: str = "",
    save_only: bool = False,
    by: Any,
) -> ChangeRequest:
    """Ask for a correction (勘误) of one fact (`enrollment.records.services.facts.FACTS`); both values stay with the request.

    Right: `enrollment.request_change`. Raises DomainError `nothing_changes`, `contradicts_number`, `number_taken`, the codes
    of a cell that is wrong, and those of `request_change`.
    """
    draft = RequestDraft(
        CORRECT, fact=fact, new_value=new_value, reason=reason, reason_code=reason_code, applicant=applicant
    )
    return request_change(student, draft, save_only=save_only, by=by)


@transaction.atomic
def edit_request(request: ChangeRequest, draft: RequestDraft, *, seen: int | None, by: Any) -> ChangeRequest:
    """Write a draft or a returned request anew. Right: `enrollment.request_change`; raises DomainError `stale`,
    `not_editable`, `already_asked`, `asked_by_others`."""
    require(by, "enrollment.request_change", request.student)
    request = lock_as_seen(request, seen)
    require_to_take_up(request, by)
    if request.status not in EDITABLE or request.case_id:
        raise DomainError(_("This request is with the registrar; it cannot be edited now."), code="not_editable")
    with recording(request.institution, by=by, reason="enrollment.edit_request") as entry:
        terms = draft.terms(request.student)
        for name, value in terms.items():
            setattr(request, name, value)
        _refuse_doubles(request)
        take_step(request, "enrollment.edit_request", by=by, entry=entry, **terms)
        name_sides(request, lives_of([request.student_id])[request.student_id])
    return request


def _refuse_doubles(request: ChangeRequest) -> None:
    same = ChangeRequest.objects.filter(
        student_id=request.student_id, kind=request.kind, fact=request.fact, effective_date=request.effective_date,
        status__in=ALIVE,
    )  # fmt: skip
    if same.exclude(pk=request.pk).exists():
        raise DomainError(_("The same is already asked for."), code="already_asked")


@transaction.atomic
def submit_request(request: ChangeRequest, *, seen: int | None = None, by: Any) -> ChangeRequest:
    """Hand a draft or a returned request in: it must be possible, and both centres of a transfer are asked.

    Right: `enrollment.request_change`. Raises DomainError `stale`, `asked_by_others`, `evidence_needed`, and the codes of
    `preview_request`.
    """
    require(by, "enrollment.request_change", request.student)
    request = lock_as_seen(request, seen)
    require_to_take_up(request, by)
    with recording(request.institution, by=by, reason="enrollment.submit_request") as entry:
        _submit(request, entry, by)
    return request


def _submit(request: ChangeRequest, entry: OpenRecording, by: Any) -> None:
    preview_request(request)
    require_evidence(request)
    take_step(request, "enrollment.submit_request", by=by, entry=entry, to=RequestStatus.SUBMITTED, requested_by=by)
    name_sides(request, lives_of([request.student_id])[request.student_id])
    ask_sides(request, by=by)
    tell_who_decides(request)


@transaction.atomic
def withdraw_request(request: ChangeRequest, *, comment: str = "", seen: int | None = None, by: Any) -> ChangeRequest:
    """Give a request up before it is decided. Right: `enrollment.request_change`. Raises DomainError `stale`,
    `asked_by_others` for a centre that did not ask for it."""
    require(by, "enrollment.request_change", request.student)
    request = lock_as_seen(request, seen)
    require_to_take_up(request, by)
    _refuse_parts_of_a_case(request)
    with recording(request.institution, by=by, reason="enrollment.withdraw_request") as entry:
        take_step(
            request, "enrollment.withdraw_request", by=by, entry=entry, to=RequestStatus.WITHDRAWN, comment=comment
        )
        if request.requested_by_id != by.pk:
            tell_asker(request, "request_withdrawn")
    return request


def preview_draft(student: Student, draft: RequestDraft) -> tuple[Life, Life]:
    """`preview_request` before anything is stored, for a form."""
    terms = draft.terms(student)
    return preview_request(ChangeRequest(institution_id=student.institution_id, student=student, **terms))


def preview_request(
    request: ChangeRequest, *, decided: bool = False, grounds: Grounds | None = None
) -> tuple[Life, Life]:
    """The life before and after what is asked for; raises DomainError with the code of the guard that refuses it.

    What is `decided` has its decision number, where one is needed. Who judges many students gives their common `grounds`.
    """
    if request.kind == REVERSE:
        return preview_reversal(_document_of(request))
    if request.reason_code:
        _require_reason(request, grounds.reasons if grounds else Reasons.of(request.institution))
    if request.kind == CORRECT:
        return preview_correction(request.student, request.fact, request.new_value or "")
    student, day = request.student, request.effective_date or dt.date.min
    grounds = grounds or Grounds.of(student)
    before, after = preview_change(student, change_asked_for(request), decided=decided, grounds=grounds)
    check_guards(
        Move(
            student, ChangeKind(request.kind), day, before, grounds, request.reason or "", request.reason_code,
            request.new_programme_version_id,
        )
    )  # fmt: skip
    return before, after


def _require_reason(request: ChangeRequest, reasons: Reasons) -> None:
    """One from the list of its kind; what has been handed in keeps a reason that was switched off since."""
    act, code = f"change.{request.kind}", request.reason_code
    if not (reasons.offers(act, code) if request.status in EDITABLE else reasons.knows(act, code)):
        raise refuse("reason_unknown")


def _document_of(request: ChangeRequest) -> StudentChange:
    """The document that is to be taken back; a later reading of it may have other keys."""
    found = StudentChange.objects.in_force().filter(
        student_id=request.student_id, effective_date=request.effective_date
    )
    document = found.first()
    if document is None or request.reverses is None or document.kind != request.reverses.kind:
        raise DomainError(_("This document is not in force any more."), code="not_in_force")
    return document


@transaction.atomic
def approve_request(
    request: ChangeRequest,
    *,
    decision_no: str = "",
    decision_date: dt.date | None = None,
    provincial_approval_no: str = "",
    seen: int | None = None,
    by: Any,
) -> ChangeRequest:
    """Decide in favour: the document is written and the periods follow. Right: `enrollment.approve_change`.

    Raises DomainError `stale`, `second_person` (who asked or wrote any of it may not decide), `consent_missing`, `consent_refused`,
    `other_center_now`, `evidence_needed`, `required` (expulsion and cancellation need number and date), and the guards' codes.
    """
    require(by, "enrollment.approve_change", request)
    request = lock_as_seen(request, seen)
    _refuse_parts_of_a_case(request)
    with recording(request.institution, by=by, reason="enrollment.approve_change") as entry:
        take_step(
            request,
            "enrollment.approve_change",
            by=by,
            entry=entry,
            to=RequestStatus.APPROVED,
            decision_no=decision_no or request.decision_no,
            decision_date=decision_date or request.decision_date,
            provincial_approval_no=provincial_approval_no,
            **_decided(request, by),
        )
        student = Student.objects.select_for_update(of=("self",)).get(pk=request.student_id)
        require_consents(request, lives_of([student.pk])[student.pk])
        require_evidence(request)
        carry_out(request, student, entry, by)
        tell_asker(request, "request_approved")
    return request


def _decided(request: ChangeRequest, by: Any) -> dict[str, Any]:
    """Who decided: somebody who has neither asked nor written any of it. Where the institution wants no second person for this
    kind, whoever asked may say so, and nobody is named."""
    if not accounts_of(by) & writers_of(request):
        return {"decided_by": by, "decided_at": timezone.now()}
    if request.kind in student_rule("change_without_second_person", request.student, today(request.institution)):
        return {"decided_by": None, "decided_at": timezone.now()}
    raise DomainError(_("A second person must decide: you asked for this yourself."), code="second_person")


def carry_out(request: ChangeRequest, student: Student, entry: OpenRecording, by: Any) -> None:
    """Write what the approved request asked for, as it is judged now; both are locked."""
    hold_centers_of([student.pk], request.new_center_id)
    preview_request(request, decided=True)
    if request.kind == CORRECT:
        _correct(request, student, entry)
    elif request.kind == REVERSE:
        request.document = write_reversal(
            _document_of(request), decision_no=request.decision_no, reason=request.reason or "", entry=entry, by=by
        )
    else:
        request.document = write_documents([(student.pk, change_asked_for(request))], entry=entry, by=by)[student.pk]
    request.save(update_fields=["document"])
    on = request.effective_date
    entry.note("enrollment.approve_change", student, kind=request.kind, fact=request.fact, on=on and on.isoformat())


def _correct(request: ChangeRequest, student: Student, entry: OpenRecording) -> None:
    """Raises DomainError `province_needed`, and `stale` if the fact was corrected since it was asked for."""
    on = today(student.institution)
    if not request.provincial_approval_no and request.fact in student_rule("correction_needs_province", student, on):
        raise refuse("province_needed")
    if present_value(student, request.fact) != (request.old_value or ""):
        raise DomainError(_("This fact has been corrected since; ask for the correction anew."), code="stale")
    write_correction(student, request.fact, request.new_value or "", entry=entry)


@transaction.atomic
def return_request(
    request: ChangeRequest, *, comment: str, reason_code: str = "", seen: int | None = None, by: Any
) -> ChangeRequest:
    """Send a request back with what is missing. Right: `enrollment.return_change`; raises DomainError `required`."""
    require(by, "enrollment.return_change", request)
    return _decline(request, RequestStatus.RETURNED, "enrollment.return_change", comment, reason_code, seen, by)


@transaction.atomic
def reject_request(
    request: ChangeRequest, *, comment: str, reason_code: str = "", seen: int | None = None, by: Any
) -> ChangeRequest:
    """Decide against it. Right: `enrollment.reject_change`; raises DomainError `required`, `second_person`."""
    require(by, "enrollment.reject_change", request)
    return _decline(request, RequestStatus.REJECTED, "enrollment.reject_change", comment, reason_code, seen, by)


def _decline(
    request: ChangeRequest, to: RequestStatus, verb: str, comment: str, reason_code: str, seen: int | None, by: Any
) -> ChangeRequest:
    if not (comment.strip() or reason_code):
        raise DomainError(_("Give a reason; it stays with the decision."), code="required")
    request = lock_as_seen(request, seen)
    _refuse_parts_of_a_case(request)
    decided = _decided(request, by) if to is RequestStatus.REJECTED else {}
    with recording(request.institution, by=by, reason=verb) as entry:
        take_step(request, verb, by=by, entry=entry, to=to, comment=comment, reason_code=reason_code, **decided)
        tell_asker(request, "request_returned" if to is RequestStatus.RETURNED else "request_rejected")
    return request


def _refuse_parts_of_a_case(request: ChangeRequest) -> None:
    if request.case_id:
        raise DomainError(_("This request belongs to a case and is decided with it."), code="part_of_a_case")
