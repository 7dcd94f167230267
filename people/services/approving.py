"""A second person decides about what somebody has asked for (`people.services.asking`)."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import can, require
from common.errors import DomainError
from common.transitions import move, move_all
from people.models import ApprovalRequest
from people.services.asking import ApprovalKind, Kind, State, note_step
from people.services.granting import NEW_ACCOUNT, PASSWORD, REACTIVATION, ROLE
from people.services.guarded_rules import DROPPING, SETTING
from people.services.notices import notify, users_holding
from people.services.second_person import accounts_of, require_second_person

KINDS: dict[str, ApprovalKind] = {
    Kind.SET_RULE: SETTING,
    Kind.DROP_RULE: DROPPING,
    Kind.NEW_ACCOUNT: NEW_ACCOUNT,
    Kind.ROLE: ROLE,
    Kind.PASSWORD: PASSWORD,
    Kind.REACTIVATION: REACTIVATION,
}
WATCH = "common.view_trail"


def requests_to_see(user: Any) -> QuerySet[ApprovalRequest]:
    """Of a kind that one may ask for or decide about; auditors see them all."""
    rows = ApprovalRequest.objects.all()
    seen = user.holds(WATCH, ApprovalRequest)
    for kind, known in KINDS.items():
        may = user.holds(known.ask, ApprovalRequest) | user.holds(known.decide, ApprovalRequest)
        seen |= Q(kind=kind) & may
    return rows.filter(seen)


def requests_to_decide(user: Any) -> QuerySet[ApprovalRequest]:
    """What waits for this user: not what the same human being has asked for or is to gain by."""
    own = accounts_of(user)
    rows = ApprovalRequest.objects.filter(status=State.WAITING).exclude(asked_by__in=own)
    mine = Q(pk__in=[])
    for kind, known in KINDS.items():
        mine |= Q(kind=kind) & user.holds(known.decide, ApprovalRequest)
    return rows.filter(mine).exclude(user__in=own)


@transaction.atomic
def approve(request: ApprovalRequest, *, by: Any) -> str:
    """Let it take effect; returns a password for `by` to hand over to the account's owner, or an empty text.

    Right: that of the kind to decide. Raises DomainError `second_person` for whoever asked or gains by it, `asker_not_allowed` if
    the right to ask is gone since, `changed_meanwhile` if something else holds than what stood there when it was asked for,
    `move_not_possible`, and what the act itself raises.
    """
    known, request = _to_decide(request, by)
    if not can(request.asked_by, known.ask, request.institution):
        raise DomainError(_("Whoever asked for this has no right to it any more."), code="asker_not_allowed")
    if known.present(request) != request.before:
        raise DomainError(
            _("Something else holds since this was asked for. It must be asked for anew."), code="changed_meanwhile"
        )
    to_hand_over = known.carry_out(request, by)
    _decide(request, State.APPROVED, "people.approve_request", by)
    auditors = users_holding(WATCH, request.institution)
    notify(auditors, "guard_changed", institution=request.institution, subject=request, what=Kind(request.kind).label)
    return to_hand_over


@transaction.atomic
def refuse(request: ApprovalRequest, *, reason: str, by: Any) -> None:
    """Decide against it, with a reason (DomainError `required`). Right and refusals as of `approve`."""
    _known, request = _to_decide(request, by)
    if not reason.strip():
        raise DomainError(_("Say why."), code="required")
    _decide(request, State.REFUSED, "people.refuse_request", by, reason=reason.strip())


@transaction.atomic
def withdraw(request: ApprovalRequest, *, by: Any) -> None:
    """Take back what one has asked for oneself; raises NotAllowed for others, DomainError `move_not_possible`."""
    require(by, KINDS[request.kind].ask, request.institution)
    if by.pk != request.asked_by_id:
        raise DomainError(_("Whoever asked for this takes it back."), code="not_the_asker")
    move(request, State.WITHDRAWN)
    note_step(request, "people.withdraw_request", by)


def _to_decide(request: ApprovalRequest, by: Any) -> tuple[ApprovalKind, ApprovalRequest]:
    """The request, locked, and its kind, if this user may decide about it."""
    known = KINDS[request.kind]
    require(by, known.decide, request.institution)
    rows = ApprovalRequest.objects.select_for_update(of=("self",)).select_related("institution", "asked_by", "user")
    request = rows.get(pk=request.pk)
    require_second_person(by, [request.asked_by_id, request.user_id])
    if request.status != State.WAITING:
        move(request, State.APPROVED)  # says what is in the way
    return known, request


def _decide(request: ApprovalRequest, to: State, verb: str, by: Any, *, reason: str = "") -> None:
    request.decided_by, request.decided_at, request.reason = by, timezone.now(), reason
    move_all([request], to, also=["decided_by", "decided_at", "reason", "user"])
    note_step(request, verb, by, reason=reason)
    kind = "approval_given" if to == State.APPROVED else "approval_refused"
    notify([request.asked_by], kind, institution=request.institution, subject=request, what=Kind(request.kind).label)
