"""The indicators: what is counted, in words and as a rule over period boundaries (docs/rules.md §6.2, §6.2a, §6.3).

A stock counts the periods that hold on a day. A flow counts boundaries `since < boundary <= as_of` of active periods by the
change that made them. So `deg.opening` + in-flows - out-flows = `deg.closing` for every slice, by construction.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.families import Measure
from enrollment.records.models.changes import ChangeKind as Change
from enrollment.records.models.students import PeriodState, StudentEntry


class Kind(StrEnum):
    STOCK = "stock"
    IN = "in"
    OUT = "out"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"


@dataclass(frozen=True, kw_only=True)
class Indicator(Measure):
    """`causes`: the changes at a flow's boundary; `day`: on which of the two days of the question a stock is taken."""

    kind: Kind
    causes: frozenset[str] = frozenset()
    state: str = PeriodState.ACTIVE
    day: str = "as_of"


def _stock(id_: str, title: Any, definition: Any, **options: Any) -> Indicator:
    return Indicator(id=id_, title=title, definition=definition, kind=Kind.STOCK, unit=_("students"), **options)


def _flow(kind: Kind, id_: str, title: Any, definition: Any, *causes: str) -> Indicator:
    return Indicator(
        id=id_,
        title=title,
        definition=definition,
        kind=kind,
        unit=_("students"),
        causes=frozenset(map(str, causes)),
        needs_window=True,
        crossing=kind in (Kind.MOVED_IN, Kind.MOVED_OUT),
        section="§6.2a",
    )


ALL = (
    _stock(
        "deg.stock",
        _("Students in status"),
        _("Degree students whose active period holds on the day. Suspended students are not in it."),
    ),
    _stock(
        "deg.suspended",
        _("Suspended students"),
        _("Degree students whose suspension holds on the day; they stand beside the stock, never inside."),
        state=PeriodState.SUSPENDED,
    ),
    _stock(
        "deg.opening",
        _("Stock at the start"),
        _("The stock on the day from which the window counts."),
        day="since",
        needs_window=True,
    ),
    _flow(
        Kind.IN,
        "deg.entrants",
        _("Entrants"),
        _(
            "Newly admitted students whose first active period begins in the window. A second enrolment is a new entrant."
        ),
        StudentEntry.Kind.ADMISSION,
    ),
    _flow(
        Kind.IN,
        "deg.resumed",
        _("Resumed"),
        _("Students who come back into the stock after a suspension, or are reinstated after having left."),
        Change.RESUME,
        Change.REINSTATE,
    ),
    _flow(
        Kind.IN,
        "deg.transferred_in",
        _("Transferred in"),
        _("Students who come from another institution."),
        StudentEntry.Kind.TRANSFER_IN,
    ),
    _flow(
        Kind.MOVED_IN,
        "deg.moved_in",
        _("Moved in"),
        _(
            "Moves into the slice from another one (centre, major, form, or the centre's own school), counted gross; "
            "the total has none."
        ),
        Change.CHANGE_CENTER,
        Change.CHANGE_MAJOR,
        Change.CHANGE_FORM,
    ),
    _flow(
        Kind.OUT,
        "deg.graduates",
        _("Graduates"),
        _("Students who leave the stock by graduation; on the day of conferral they are still counted in the stock."),
        Change.GRADUATE,
    ),
    _flow(
        Kind.OUT,
        "deg.completers",
        _("Completers"),
        _("Students who leave the stock with a completion. A diploma that follows later is no second flow."),
        Change.COMPLETE,
    ),
    _flow(
        Kind.OUT,
        "deg.incompletes",
        _("Incomplete"),
        _("Students who leave the stock with a record of incomplete study."),
        Change.INCOMPLETE,
    ),
    _flow(
        Kind.OUT,
        "deg.suspensions",
        _("Suspensions"),
        _(
            "Students who leave the stock by suspension. Whoever leaves for good while suspended is no flow of the stock."
        ),
        Change.SUSPEND,
    ),
    _flow(
        Kind.OUT,
        "deg.withdrawals",
        _("Withdrawals"),
        _("Active students who withdraw. Withdrawals while suspended are no flow of the stock."),
        Change.WITHDRAW,
    ),
    _flow(Kind.OUT, "deg.expulsions", _("Expulsions"), _("Active students who are expelled."), Change.EXPEL),
    _flow(
        Kind.OUT,
        "deg.deaths",
        _("Deaths"),
        _("Active students who died; on that day they are still counted in the stock."),
        Change.DECEASED,
    ),
    _flow(
        Kind.OUT,
        "deg.transfers_out",
        _("Transferred out"),
        _("Active students who leave for another institution."),
        Change.TRANSFER_OUT,
    ),
    _flow(
        Kind.OUT,
        "deg.cancellations",
        _("Cancellations"),
        _("Active students whose registration is cancelled."),
        Change.CANCEL,
    ),
    _flow(
        Kind.MOVED_OUT,
        "deg.moved_out",
        _("Moved out"),
        _("Moves out of the slice into another one, counted in the slice held just before; gross, none in the total."),
        Change.CHANGE_CENTER,
        Change.CHANGE_MAJOR,
        Change.CHANGE_FORM,
    ),
    _stock(
        "deg.closing",
        _("Stock at the end"),
        _("The stock on the as-of day: opening and in-flows less out-flows."),
        needs_window=True,
        same_as="deg.stock",
    ),
)

INDICATORS: dict[str, Indicator] = {one.id: one for one in ALL}
STOCKS = tuple(one for one in ALL if one.kind is Kind.STOCK)
ADDING = tuple(one.id for one in ALL if one.id == "deg.opening" or one.kind in (Kind.IN, Kind.MOVED_IN))
SUBTRACTING = tuple(one.id for one in ALL if one.kind in (Kind.OUT, Kind.MOVED_OUT))
