"""Many changes decided as one: a closing centre moves its students, or a list of students gets the same change. One approval,
then a job carries the requests out in chunks; each keeps its own result (docs/rules.md §2.8)."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import require
from common.dates import today
from common.errors import DomainError, NotAllowed
from common.ledger import OpenRecording, recording
from common.transitions import move, move_all
from enrollment.records.models.changes import ChangeKind
from enrollment.records.models.students import Student, StudentPeriod
from enrollment.records.services.changes import write_documents
from enrollment.records.services.grounds import Grounds
from enrollment.records.services.lives import hold_centers_of
from enrollment.requests.models.requests import ALIVE, ChangeCase, ChangeRequest, RequestParty, RequestStatus
from enrollment.requests.services.request_steps import RequestDraft, change_asked_for, take_steps
from enrollment.requests.services.requesting import preview_request
from exchange.jobs import enqueue
from learning_centers.intake import CenterIntake, center_intakes
from learning_centers.models import LearningCenter
from people.services.notices import notify, users_holding
from people.services.second_person import require_second_person

TASK = "enrollment.carry_out_case"
CHUNK = 100
MOST_STUDENTS = 5000
State, Side = ChangeCase.State, RequestParty.Side


@transaction.atomic
def open_closing_case(
    center: LearningCenter, targets: Sequence[LearningCenter], *, on: dt.date, reason: str, by: Any
) -> ChangeCase:
    """Ask to move everybody who is at the centre on that day, each to the first target that takes them in.

    A student whom no target takes in stays: the request says why, and another case can name another target. Whom an approved
    transfer leads there only later is named too (`comes_later`), since the centre cannot be revoked before. Right:
    `enrollment.open_case`. Raises DomainError `required`, `nobody_there`, `case_is_open`.
    """
    require(by, "enrollment.open_case", center)
    if not targets or not reason.strip():
        raise DomainError(_("Name the centres that take the students in, and the reason."), code="required")
    # whoever changes one of its students holds the student and then the centre, which this lock must not keep from them
    center = LearningCenter.objects.select_for_update(of=("self",), no_key=True).get(pk=center.pk)
    if ChangeCase.objects.filter(center=center, status__in=[State.SUBMITTED, State.APPROVED]).exists():
        raise DomainError(_("A case for this centre is open already."), code="case_is_open")
    here = StudentPeriod.objects.current().filter(Q(end__isnull=True) | Q(end__gt=on), center=center)
    there = here.filter(begin__lte=on)
    majors = dict(there.values_list("student", "programme_version__programme__major__code"))
    students = list(Student.objects.current().filter(pk__in=here.values("student")).order_by("student_no"))
    if not students:
        raise DomainError(_("Nobody is enrolled there on that day."), code="nobody_there")
    intakes = center_intakes(targets)
    offered = [intakes[one.pk] for one in targets if one.pk != center.pk]
    terms = {"kind": ChangeKind.CHANGE_CENTER, "effective_date": on, "reason": reason}
    asked = []
    for student in students:
        major = majors.get(student.pk)
        target, refusal = _target(offered, major, on) if major else (None, "comes_later")
        asked.append((student, {**terms, "new_center_id": target, "refusal": refusal}))
    case = ChangeCase(kind=ChangeCase.Kind.CLOSE_CENTER, center=center, effective_date=on, reason=reason.strip())
    return _open(case, asked, center.institution, by)


def _target(intakes: Iterable[CenterIntake], major: str, on: dt.date) -> tuple[int | None, str]:
    """The first centre that takes this major in on the day, or why the first of them does not."""
    refusals = []
    for intake in intakes:
        refusal = intake.refusal(on) or ("" if intake.is_open_for(major, on) else "major_not_open_at_center")
        if not refusal:
            return intake.id, ""
        refusals.append(refusal)
    return None, refusals[0] if refusals else "required"


@transaction.atomic
def open_same_change_case(students: Sequence[Student], draft: RequestDraft, *, by: Any) -> ChangeCase:
    """Ask for the same change for all of these students of one institution. Right: `enrollment.open_case`, for each of them.

    Raises DomainError `required` without a reason, a day or a student, `too_many` above the limit; NotAllowed.
    """
    keys = [one.pk for one in students]
    if not keys or draft.effective_date is None or not draft.reason.strip() or draft.kind not in ChangeKind.values:
        raise DomainError(_("Name the students, the change, its day and its reason."), code="required")
    if len(keys) > MOST_STUDENTS:
        raise DomainError(_("At most %(most)s students in one case.") % {"most": MOST_STUDENTS}, code="too_many")
    reached = Student.objects.visible_to(by, "enrollment.open_case").current().filter(pk__in=keys)
    known = list(reached.order_by("student_no"))
    if len(known) != len(set(keys)) or len({one.institution_id for one in known}) != 1:
        raise NotAllowed(_("You may not do this here."), verb="enrollment.open_case")
    institution = known[0].institution
    require(by, "enrollment.open_case", institution)
    case = ChangeCase(
        kind=ChangeCase.Kind.SAME_CHANGE, effective_date=draft.effective_date, reason=draft.reason.strip()[:300],
        decision_no=draft.decision_no,
    )  # fmt: skip
    return _open(case, [(one, draft.terms(one)) for one in known], institution, by)


def _open(case: ChangeCase, asked: list[tuple[Student, dict[str, Any]]], institution: Any, by: Any) -> ChangeCase:
    """Write the case with a request for each student; one that is refused already says why and is not carried out."""
    case.institution, case.requested_by = institution, by
    alive = ChangeRequest.objects.filter(
        student__in=[student.pk for student, _terms in asked], kind=asked[0][1]["kind"],
        effective_date=case.effective_date, status__in=ALIVE,
    )  # fmt: skip
    doubles = set(alive.values_list("student", flat=True))
    with recording(institution, by=by, reason="enrollment.open_case") as entry:
        case.save()
        requests = []
        for student, terms in asked:
            refusal = terms.get("refusal") or ("already_asked" if student.pk in doubles else "")
            status = RequestStatus.REFUSED if refusal else RequestStatus.SUBMITTED
            known = {"institution": institution, "case": case, "student": student, "requested_by": by}
            requests.append(ChangeRequest(**terms | known | {"refusal": refusal, "status": status}))
        ChangeRequest.objects.bulk_create(requests, batch_size=1000)
        parties = [party for request in requests for party in _sides(request, case)]
        RequestParty.objects.bulk_create(parties, batch_size=2000)
        entry.note("enrollment.open_case", case, kind=case.kind, students=len(requests))
        deciders = users_holding("enrollment.approve_case", case).exclude(pk=by.pk)
        where = case.center or institution
        notify(deciders, "request_waiting", institution=institution, subject=case, center=where)
    return case


def _sides(request: ChangeRequest, case: ChangeCase) -> list[RequestParty]:
    """Both centres see it; in a case nobody is asked, the approval stands for all."""
    centers = {Side.SOURCE: case.center_id or request.student.current_center_id, Side.TARGET: request.new_center_id}
    return [
        RequestParty(institution_id=request.institution_id, request=request, center_id=center, side=side)
        for side, center in centers.items()
        if center
    ]


def _locked(case: ChangeCase) -> ChangeCase:
    return ChangeCase.objects.select_for_update(of=("self",)).select_related("institution").get(pk=case.pk)


def _decide(case: ChangeCase, to: str, verb: str, by: Any, comment: str = "", **values: Any) -> ChangeCase:
    """Raises DomainError `second_person` if whoever asked decides, `move_not_possible`."""
    if to != State.WITHDRAWN:
        require_second_person(by, [case.requested_by_id])
    with recording(case.institution, by=by, reason=verb) as entry:
        move(case, to)
        for name, value in {**values, "decided_by": by, "decided_at": timezone.now()}.items():
            setattr(case, name, value)
        case.save(update_fields=[*values, "decided_by", "decided_at"])
        entry.note(verb, case, reason=comment)
    return case


@transaction.atomic
def approve_case(case: ChangeCase, *, decision_no: str = "", by: Any) -> ChangeCase:
    """One approval for all requests of the case; a job carries them out. Right: `enrollment.approve_case`."""
    require(by, "enrollment.approve_case", case)
    case = _locked(case)
    decision_no = decision_no or case.decision_no
    case = _decide(case, State.APPROVED, "enrollment.approve_case", by, decision_no=decision_no)
    enqueue(TASK, by=by, institution=case.institution, key=f"case-{case.pk}", arguments={"case": case.pk})
    return case


@transaction.atomic
def reject_case(case: ChangeCase, *, comment: str, by: Any) -> ChangeCase:
    """Decide against all of it. Right: `enrollment.reject_case`; raises DomainError `required`, `second_person`."""
    if not comment.strip():
        raise DomainError(_("Give a reason; it stays with the decision."), code="required")
    require(by, "enrollment.reject_case", case)
    case = _locked(case)
    case = _decide(case, State.REJECTED, "enrollment.reject_case", by, comment)
    _close_requests(case, RequestStatus.REJECTED)
    return case


@transaction.atomic
def withdraw_case(case: ChangeCase, *, comment: str = "", by: Any) -> ChangeCase:
    """Give it up before it is decided. Right: `enrollment.open_case`."""
    require(by, "enrollment.open_case", case)
    case = _locked(case)
    case = _decide(case, State.WITHDRAWN, "enrollment.withdraw_case", by, comment)
    _close_requests(case, RequestStatus.WITHDRAWN)
    return case


def _close_requests(case: ChangeCase, to: RequestStatus) -> None:
    move_all(list(case.requests.waiting()), to)


def carry_out_case(case_id: int, *, report: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Carry out the requests of an approved case, a chunk in a transaction each; run again it goes on with what is left.

    A request that a guard stops is `refused` with the guard's code; the others go on.
    """
    total = ChangeRequest.objects.filter(case=case_id).count()
    while True:
        with transaction.atomic():
            case = ChangeCase.objects.select_for_update(of=("self",)).select_related("institution").get(pk=case_id)
            if case.status != State.APPROVED:
                return
            waiting = list(case.requests.waiting().select_related("new_center").order_by("pk")[:CHUNK])
            with recording(case.institution, by=case.decided_by, reason=TASK) as entry:
                if waiting:
                    _carry_out_chunk(waiting, case, entry)
                if len(waiting) < CHUNK:
                    _finish(case, entry)
        report(total - case.requests.waiting().count(), total)


def _carry_out_chunk(requests: list[ChangeRequest], case: ChangeCase, entry: OpenRecording) -> None:
    by, day = case.decided_by, today(case.institution)
    keys = [one.student_id for one in requests]
    students = Student.objects.select_for_update(of=("self",)).order_by("pk").in_bulk(keys)
    hold_centers_of(keys, *(one.new_center_id for one in requests))
    grounds = Grounds(case.institution, keys)
    results: dict[RequestStatus, list[ChangeRequest]] = {RequestStatus.APPROVED: [], RequestStatus.REFUSED: []}
    for one in requests:
        one.student, one.case = students[one.student_id], case
        one.decided_by, one.decided_at = by, case.decided_at
        one.decision_no, one.decision_date = case.decision_no or one.decision_no, one.decision_date or day
        one.refusal = _refusal(one, grounds)
        results[RequestStatus.REFUSED if one.refusal else RequestStatus.APPROVED].append(one)
    approved = results[RequestStatus.APPROVED]
    drafts = [(one.student_id, change_asked_for(one)) for one in approved]
    documents = write_documents(drafts, entry=entry, by=by) if drafts else {}
    for one in approved:
        one.document = documents[one.student_id]
        entry.note("enrollment.approve_case", one.student, kind=one.kind, on=case.effective_date.isoformat())
    also = ("decided_by", "decided_at", "decision_no", "decision_date", "refusal", "document")
    for status, rows in results.items():
        take_steps(rows, "enrollment.approve_case", by=by, entry=entry, to=status, also=also)


def _refusal(request: ChangeRequest, grounds: Grounds) -> str:
    """The code of the guard that stops it, if one does."""
    try:
        preview_request(request, decided=True, grounds=grounds)
    except DomainError as refusal:
        return refusal.code
    return ""


def _finish(case: ChangeCase, entry: OpenRecording) -> None:
    move(case, State.DONE)
    results: dict[str, Any] = {
        "done": case.requests.filter(status=RequestStatus.APPROVED).count(),
        "refused": case.requests.filter(status=RequestStatus.REFUSED).count(),
    }
    entry.note(TASK, case, **results)
    told = [one for one in (case.requested_by, case.decided_by) if one]
    notify(told, "case_done", institution=case.institution, subject=case, **results)
