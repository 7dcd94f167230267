"""A change on its way: asked for with its evidence, agreed to, and decided by a second person; some of it goes wrong."""

from collections.abc import Iterable
from dataclasses import replace

from demo.sheets import blank_sheet
from demo.simulating.scene import Scene
from enrollment.attachments.services.attachments import attach
from enrollment.models import ChangeRequest, RequestParty, Student
from enrollment.records.services.terms import student_rule
from enrollment.requests.models.requests import RequestStatus
from enrollment.services import (
    RequestDraft,
    approve_request,
    edit_request,
    give_consent,
    reject_request,
    request_change,
    return_request,
    submit_request,
    waive_consent,
    withdraw_request,
)
from people.models import User

EVIDENCE = blank_sheet()
"""An empty sheet: the evidence of what never happened."""

RETURNED, REJECTED, WITHDRAWN, NO_CONSENT, WAIVED = 0.05, 0.04, 0.03, 0.08, 0.08
OVERTAKEN = {"change_after_terminal", "change_not_possible", "change_overlaps", "later_change_in_the_way"}
"""Two requests about one student may wait at once; the second one may no longer be possible."""
Consent = RequestParty.Consent


def ask(
    scene: Scene, student: Student, draft: RequestDraft, *, expected: Iterable[str] = (), by: User | None = None
) -> ChangeRequest | None:
    """Ask, by the student's coordinator if nobody else does; evidence goes with it where the rules want some."""
    by = by or scene.cast.coordinator(student.current_center_id)
    if draft.kind not in student_rule("change_needs_evidence", student, scene.today):
        return scene.tally.attempt(expected, request_change, student, draft, by=by)
    request = scene.tally.attempt(expected, request_change, student, draft, save_only=True, by=by)
    if request is None:
        return None
    if scene.whole("without evidence", 0.02):
        scene.tally.provoke("evidence_needed", submit_request, request, by=by)
    scene.tally.do(attach, request, "evidence", "证明材料.png", EVIDENCE, by=by)
    if scene.tally.attempt(expected, submit_request, request, by=by) is None:
        scene.tally.do(withdraw_request, request, by=by)
    return request


def decide_requests(scene: Scene) -> None:
    """Everything that waits, except what belongs to a case: the sides speak, then the second registrar decides."""
    own = [*scene.cast.coordinators.values(), scene.cast.registrar, scene.cast.manager]
    waiting = ChangeRequest.objects.waiting().filter(institution=scene.institution, requested_by__in=own, case=None)
    joined = waiting.select_related("institution", "student__institution", "requested_by", "new_center")
    for request in list(joined.order_by("pk")):
        _decide(scene, request)


def _decide(scene: Scene, request: ChangeRequest) -> None:
    do, second = scene.tally.do, scene.cast.second
    settled = request.kind in scene.came_to_pass
    if settled and scene.whole("withdrawn requests", WITHDRAWN):
        do(withdraw_request, request, comment="本人撤回", by=request.requested_by)
    elif settled and scene.whole("rejected requests", REJECTED):
        do(reject_request, request, comment="理由不充分", by=second)
    elif _both_sides_agree(scene, request):
        returned = scene.whole("returned requests", RETURNED) > 0
        if returned and not _send_back_and_again(scene, request):
            return
        if approve(scene, request) is not None:
            scene.came_to_pass.add(request.kind)


def approve(scene: Scene, request: ChangeRequest) -> ChangeRequest | None:
    """With decision number and date; who asked is refused first, now and then. What another decision has overtaken is rejected."""
    if scene.whole("decided alone", 0.02):
        code = "second_person" if request.requested_by == scene.cast.registrar else "not_allowed"
        scene.tally.provoke(code, approve_request, request, decision_no=scene.decision_no(), by=request.requested_by)
    approved = scene.tally.attempt(
        OVERTAKEN,
        approve_request,
        request,
        decision_no=scene.decision_no(),
        decision_date=scene.today,
        provincial_approval_no=f"模拟省批{request.pk}" if request.fact else "",
        by=scene.cast.second,
    )
    if approved is None:
        scene.tally.do(reject_request, request, comment="情况已变化", by=scene.cast.second)
    return approved


def _both_sides_agree(scene: Scene, request: ChangeRequest) -> bool:
    """Each centre that is asked answers; the registrar goes on without some answers, and rejects what a centre refuses."""
    do = scene.tally.do
    asked = list(request.parties.filter(consent=Consent.WAITING).select_related("center"))
    if asked and scene.whole("decided without consent", 0.1):
        scene.tally.provoke("consent_missing", approve_request, request, by=scene.cast.second)
    for party in asked:
        speaker = scene.cast.coordinator(party.center_id)
        if scene.whole("waived consents", WAIVED):
            do(waive_consent, party, reason="该生从未在此学习", by=scene.cast.registrar)
        elif scene.whole("refused consents", NO_CONSENT):
            do(give_consent, party, agrees=False, comment="班级已满", by=speaker)
            scene.tally.provoke("consent_refused", approve_request, request, by=scene.cast.second)
            do(reject_request, request, comment="转入教学点不同意", by=scene.cast.second)
            return False
        else:
            do(give_consent, party, agrees=True, by=speaker)
    return True


def _send_back_and_again(scene: Scene, request: ChangeRequest) -> bool:
    do, by = scene.tally.do, request.requested_by
    do(return_request, request, comment="请补充说明", by=scene.cast.second)
    request.refresh_from_db()
    draft = RequestDraft(
        **{name: getattr(request, name) for name in vars(RequestDraft(request.kind)) if name != "reason"},
        reason=f"{request.reason or ''}（已补充）",
    )
    do(edit_request, request, draft, seen=request.version, by=by)
    scene.tally.provoke("stale", edit_request, request, replace(draft, reason="旧页面"), seen=0, by=by)
    if scene.tally.attempt(OVERTAKEN, submit_request, request, by=by) is None:
        do(withdraw_request, request, comment="情况已变化", by=by)
        return False
    for party in request.parties.filter(consent=Consent.WAITING).select_related("center"):
        do(give_consent, party, agrees=True, by=scene.cast.coordinator(party.center_id))
    request.refresh_from_db()
    return request.status == RequestStatus.SUBMITTED
