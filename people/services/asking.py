"""Asking for what one user alone may not do; deciding is in `people.services.approving`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from common.access import require
from common.audit import AuditNote, write_audit
from common.transitions import move
from learning_centers.models import Institution
from people.models import ApprovalRequest
from people.services.notices import notify, users_holding

Kind = ApprovalRequest.Kind
State = ApprovalRequest.State


@dataclass(frozen=True)
class ApprovalKind:
    """`ask` and `decide` are rights at the institution. `present(request)` is what holds now of that which is concerned, as JSON;
    `carry_out(request, approved_by)` does what was asked for, as who asked, and gives a password to hand over, or an empty text."""

    ask: str
    decide: str
    present: Callable[[ApprovalRequest], Any]
    carry_out: Callable[[ApprovalRequest, Any], str]


@transaction.atomic
def ask_for_approval(
    kind: Kind,
    known: ApprovalKind,
    key: str,
    terms: dict[str, Any],
    *,
    institution: Institution,
    by: Any,
    user: Any = None,
) -> ApprovalRequest:
    """Let it wait for a second person; what waits for the same key is superseded. Right: that of the kind to ask."""
    require(by, known.ask, institution)
    Institution.objects.select_for_update(no_key=True).get(
        pk=institution.pk
    )  # two that ask for the same see each other
    for earlier in ApprovalRequest.objects.filter(institution=institution, key=key, status=State.WAITING):
        move(earlier, State.SUPERSEDED)
    request = ApprovalRequest(institution=institution, kind=kind, key=key, terms=terms, user=user, asked_by=by)
    request.before = known.present(request)
    request.save()
    note_step(request, "people.ask_for_approval", by)
    others = users_holding(known.decide, institution).exclude(pk__in=[by.pk, user.pk if user else by.pk])
    notify(others, "approval_waiting", institution=institution, subject=request, what=kind.label)
    return request


def note_step(request: ApprovalRequest, verb: str, by: Any, *, reason: str = "") -> None:
    told = {"kind": request.kind, "concerns": request.key, "asked_by": request.asked_by.username}
    write_audit([AuditNote(verb, request, reason, told)], by=by, institution_id=request.institution_id)
