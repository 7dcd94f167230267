"""What waits with users and exports."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from common.access import can
from common.dates import today
from common.decisions import DECISIONS, LINES, Decision, DecisionSource, Line, page, rows_of
from common.templatetags.cells import grouped
from exchange.models import Export
from learning_centers.models.centers import CenterStatus
from people.models import ApprovalRequest, Membership
from people.services.approving import requests_to_decide


def approvals(user: Any) -> Iterator[Decision]:
    """Rules that guard, roles and passwords that somebody else has asked for."""
    waiting = requests_to_decide(user).select_related("user", "asked_by").order_by("id")
    if found := list(waiting[:LINES]):
        lines = [Line(f"{one} · {one.asked_by}", page(one)) for one in found]
        url = f"{rows_of(ApprovalRequest)}?state=waiting"
        yield Decision(_("Rules, roles and passwords wait for the second person"), url, "warn", lines)


def exports(user: Any) -> Iterator[Decision]:
    verb = "people.decide_export"
    if not can(user, verb):
        return
    waiting = Export.objects.visible_to(user, verb).filter(status=Export.State.WAITING).exclude(asked_by=user)
    found = list(waiting.defer("content").select_related("asked_by").order_by("id")[:LINES])
    if found:
        lines = [
            Line(
                _("%(rows)s rows, asked for by %(who)s: %(reason)s")
                % {"rows": grouped(one.rows), "who": one.asked_by, "reason": one.reason},
                page(one),
            )
            for one in found
        ]
        url = reverse("admin:exchange_export_changelist")
        yield Decision(_("Exports of persons wait for the second person"), f"{url}?state=waiting", "warn", lines)


def roles_without_a_place(user: Any) -> Iterator[Decision]:
    """Roles in units that have ended and at centres that are revoked: they show nothing any more."""
    if not can(user, "people.manage_users"):
        return
    day = today()
    gone = Q(school__closed_on__lte=day) | Q(center__status=CenterStatus.REVOKED)
    held = Membership.objects.visible_to(user, "people.manage_users").on(day).filter(gone, user__is_active=True)
    found = list(held.select_related("user", "role", "school", "center").order_by("user__username", "pk")[: LINES + 1])
    if found:
        lines = [
            Line(f"{one} · {one.school or one.center}", reverse("admin:people_membership_change", args=(one.pk,)))
            for one in found[:LINES]
        ]
        title = _(
            "Roles are held in units that have ended or at revoked centres: end them, and give them anew elsewhere"
        )
        yield Decision(title, rows_of(Membership), "warn", lines)


DECISIONS.register(
    DecisionSource("people.approvals", 50, approvals),
    DecisionSource("people.exports", 60, exports),
    DecisionSource("people.roles_without_a_place", 180, roles_without_a_place),
)
