"""Lists that a job computes every night and people decide, one by one: public notice, setting aside, asking for withdrawal.
The clock opens and closes items, it never decides about anybody (docs/rules.md §§2.2, 2.4)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.dates import today
from common.errors import DomainError
from common.ledger import recording
from common.transitions import move, move_all
from enrollment.duties.models.duties import WatchItem
from enrollment.duties.services.watch_lists import LISTS, Found, Roll
from enrollment.records.models.changes import ChangeKind
from enrollment.records.services.terms import student_rule
from enrollment.requests.models.requests import ALIVE, ChangeRequest, RequestStatus
from enrollment.requests.services.request_steps import RequestDraft
from enrollment.requests.services.requesting import request_change, submit_request
from learning_centers.models import Institution

State, List = WatchItem.State, WatchItem.List
WITHDRAWN_FOR = {List.OVER_MAX, List.SUSPENDED_TOO_LONG, List.NOT_REGISTERED}
"""Lists whose students can be withdrawn; the code of the list is the code of the reason."""


def compute_lists(institution: Institution, on: dt.date | None = None, *, by: Any) -> dict[str, int]:
    """Bring every list up to the day (today): open who is new, close whose cause is gone, open again what was set aside until
    now or whose request was declined. Returns how many are on each list. `by` is the system; no right is asked."""
    roll = Roll.on(institution, on or today(institution))
    return {str(kind): _bring_up(roll, kind, list(find(roll)), by) for kind, find in LISTS.items()}


@transaction.atomic
def _bring_up(roll: Roll, kind: str, found: list[Found], by: Any) -> int:
    known = WatchItem.objects.select_for_update(of=("self",)).filter(institution=roll.institution, list=kind)
    alive = {(one.student_id, one.application_id): one for one in known.exclude(status=State.CLOSED)}
    named = {one.key: one for one in found}
    fresh = [one for key, one in named.items() if key not in alive]
    gone = [item for key, item in alive.items() if key not in named]
    again = [item for key, item in alive.items() if key in named and _comes_back(item, roll.day)]
    moved = [item for key, item in alive.items() if key in named and item.center_id != named[key].center_id]
    if fresh or gone or again:
        with recording(roll.institution, by=by, reason="enrollment.compute_lists") as entry:
            WatchItem.objects.bulk_create(
                [WatchItem(institution=roll.institution, list=kind, found_on=roll.day, **vars(one)) for one in fresh],
                batch_size=2000,
            )
            move_all(gone, State.CLOSED)
            move_all(again, State.OPEN)
            counts: dict[str, Any] = {"opened": len(fresh), "closed": len(gone), "opened_again": len(again)}
            entry.note("enrollment.compute_lists", roll.institution, list=kind, **counts)
    for item in moved:
        item.center_id = named[item.student_id, item.application_id].center_id
    WatchItem.objects.bulk_update(moved, ["center"], batch_size=2000)
    return len(named)


def _comes_back(item: WatchItem, day: dt.date) -> bool:
    if item.status == State.SET_ASIDE:
        return item.aside_until is not None and item.aside_until <= day
    return item.status == State.REQUESTED and (
        item.request is None or item.request.status not in (*ALIVE, RequestStatus.APPROVED)
    )


@transaction.atomic
def post_notice(items: Sequence[WatchItem], *, begin: dt.date, by: Any) -> list[WatchItem]:
    """Put students on public notice from that day on, for as long as the rule says. Right: `enrollment.post_notice`.

    Raises DomainError `move_not_possible` for one that is not open, `not_on_this_list` for an application.
    """
    posted = []
    for chosen in sorted(items, key=lambda one: one.pk):
        require(by, "enrollment.post_notice", chosen)
        item = _locked(chosen)
        if item.student is None or item.list not in WITHDRAWN_FOR:
            raise _not_here()
        days = student_rule("over_max_notice_days", item.student, begin)
        values = {"notice_begin": begin, "notice_end": begin + dt.timedelta(days=days)}
        posted.append(_decide(item, State.NOTICED, "enrollment.post_notice", by, **values))
    return posted


@transaction.atomic
def set_aside(item: WatchItem, *, until: dt.date | None, reason: str, by: Any) -> WatchItem:
    """Leave somebody alone for a reason, until a day or for good. Right: `enrollment.set_aside`; raises DomainError
    `required`, `move_not_possible`."""
    require(by, "enrollment.set_aside", item)
    if not reason.strip():
        raise DomainError(_("Give a reason; it stays with the decision."), code="required")
    return _decide(
        _locked(item), State.SET_ASIDE, "enrollment.set_aside", by, aside_until=until, reason=reason.strip()[:300]
    )


@transaction.atomic
def ask_for_withdrawal(item: WatchItem, *, effective_date: dt.date, reason: str = "", by: Any) -> ChangeRequest:
    """Ask for the withdrawal that follows from the list; a second person decides. Rights: `enrollment.ask_for_withdrawal`, and
    `enrollment.request_change` for the student.

    Raises DomainError `not_on_this_list` (an application lapses instead, entitlement is judged), `notice_not_over`,
    `move_not_possible`, and what `submit_request` raises.
    """
    require(by, "enrollment.ask_for_withdrawal", item)
    item = _locked(item)
    if item.student is None or item.list not in WITHDRAWN_FOR:
        raise _not_here()
    draft = RequestDraft(ChangeKind.WITHDRAW, effective_date, reason_code=str(item.list), reason=reason)
    request = request_change(item.student, draft, save_only=True, by=by)
    _decide(item, State.REQUESTED, "enrollment.ask_for_withdrawal", by, request=request)
    return submit_request(request, by=by)


def _locked(item: WatchItem) -> WatchItem:
    return WatchItem.objects.select_for_update(of=("self",)).get(pk=item.pk)


def _not_here() -> DomainError:
    return DomainError(_("This list is not decided in this way."), code="not_on_this_list")


def _decide(item: WatchItem, to: Any, verb: str, by: Any, **values: Any) -> WatchItem:
    with recording(item.institution, by=by, reason=verb) as entry:
        move(item, to)
        for name, value in {**values, "decided_by": by}.items():
            setattr(item, name, value)
        item.save(update_fields=[*values, "decided_by"])
        entry.note(verb, item, list=item.list)
    return item
