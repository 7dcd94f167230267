"""What an entry and its changes make of a student's life: the one place where periods come from (docs/rules.md §2.4, §6.2).

Pure: no database. Entry and changes go in, periods come out, or a `Refusal` with the contract's code (docs/files.md §6.4).
Because the periods are chained here, the flow identity holds by construction.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from enrollment.records.models.changes import ChangeKind as Kind
from enrollment.records.models.students import PeriodState, StudentState

ENDS: dict[Kind, StudentState] = {
    Kind.GRADUATE: StudentState.GRADUATED,
    Kind.COMPLETE: StudentState.COMPLETED,
    Kind.INCOMPLETE: StudentState.INCOMPLETE,
    Kind.WITHDRAW: StudentState.WITHDRAWN,
    Kind.EXPEL: StudentState.EXPELLED,
    Kind.TRANSFER_OUT: StudentState.TRANSFERRED_OUT,
    Kind.DECEASED: StudentState.DECEASED,
    Kind.CANCEL: StudentState.CANCELLED,
}
MOVES_WITHIN = {Kind.CHANGE_MAJOR, Kind.CHANGE_CENTER, Kind.CHANGE_FORM}

ALLOWED: dict[StudentState, frozenset[Kind]] = {
    StudentState.ACTIVE: frozenset(set(Kind) - {Kind.RESUME, Kind.REINSTATE}),
    StudentState.SUSPENDED: frozenset(
        {Kind.RESUME, Kind.CHANGE_CENTER, Kind.WITHDRAW, Kind.EXPEL, Kind.DECEASED, Kind.CANCEL, Kind.INCOMPLETE}
    ),
    StudentState.COMPLETED: frozenset({Kind.GRADUATE}),
    StudentState.WITHDRAWN: frozenset({Kind.REINSTATE}),
    StudentState.EXPELLED: frozenset({Kind.REINSTATE}),
    StudentState.CANCELLED: frozenset({Kind.REINSTATE}),
}
"""Which changes a state admits; an absent state is final. From `completed` only the later diploma, no flow (§6.2a). Whoever is
suspended can be moved out of a closing centre (§2.8) and stays suspended there; files may not say so (docs/files.md §6.4)."""

COUNTED_ON_THEIR_DAY = {Kind.GRADUATE, Kind.COMPLETE, Kind.DECEASED}
"""Conferral and death: the student is still counted on the day itself, so the period ends the day after (§6.2)."""


@dataclass(frozen=True, slots=True)
class Entry:
    begin: dt.date
    center_id: int
    programme_version_id: int
    begun_by: str = "admission"


@dataclass(frozen=True, slots=True)
class Change:
    kind: str
    effective_date: dt.date
    center_id: int | None = None
    programme_version_id: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    position: int
    begin: dt.date
    end: dt.date | None
    state: str
    center_id: int
    programme_version_id: int
    begun_by: str
    ended_by: str = ""
    location: str = "home"


@dataclass(frozen=True, slots=True)
class Life:
    periods: tuple[Period, ...]
    state: StudentState

    @property
    def last(self) -> Period:
        return self.periods[-1]


Follow = Callable[[int, Change], int | None]
"""The version that a change of major or form leads to from a present one: the document changes one part and keeps the
other, whatever was corrected before it. None = there is no such version."""


class Refusal(Exception):
    """A change that the life before it does not admit; `code` is the contract's."""

    def __init__(self, code: str, change: Change) -> None:
        super().__init__(code)
        self.code, self.change = code, change


def boundary(kind: str, effective_date: dt.date) -> dt.date:
    """The first day that is no longer counted."""
    return effective_date + dt.timedelta(days=1) if kind in COUNTED_ON_THEIR_DAY else effective_date


@lru_cache(maxsize=4096)
def begin_life(entry: Entry) -> Life:
    first = Period(
        1, entry.begin, None, PeriodState.ACTIVE, entry.center_id, entry.programme_version_id, entry.begun_by
    )
    return Life((first,), StudentState.ACTIVE)


def live_on(life: Life, change: Change, follow: Follow | None = None) -> Life:
    """The life after one more change; raises Refusal. Changes come in the order of their days, at most one a day.

    Without `follow` a change leads to the very version that it names.
    """
    kind = Kind(change.kind)
    if change.effective_date < life.periods[0].begin:
        raise Refusal("change_before_entry", change)
    if kind not in ALLOWED.get(life.state, ()):
        ended = life.state not in (StudentState.ACTIVE, StudentState.SUSPENDED)
        raise Refusal("change_after_terminal" if ended else "change_not_possible", change)
    last = life.last
    if last.end is not None and change.effective_date < last.end and kind is not Kind.GRADUATE:
        raise Refusal("change_after_terminal", change)
    if kind is Kind.REPEAT_YEAR:
        return life
    if life.state is StudentState.COMPLETED:
        return replace(life, state=StudentState.GRADUATED)
    if kind in ENDS:
        final = replace(last, end=boundary(kind, change.effective_date), ended_by=str(kind))
        return Life((*life.periods[:-1], final), ENDS[kind])
    version = change.programme_version_id
    if version and follow and (version := follow(last.programme_version_id, change)) is None:
        raise Refusal("change_not_possible", change)
    stays = kind in MOVES_WITHIN and life.state is StudentState.SUSPENDED
    state = PeriodState.SUSPENDED if stays or kind is Kind.SUSPEND else PeriodState.ACTIVE
    following = Period(
        last.position + 1,
        change.effective_date,
        None,
        state,
        change.center_id or last.center_id,
        version or last.programme_version_id,
        begun_by=str(kind),
        location=last.location,
    )
    if kind is Kind.REINSTATE:
        return Life((*life.periods, following), StudentState.ACTIVE)
    closed = replace(last, end=change.effective_date, ended_by=str(kind))
    return Life((*life.periods[:-1], closed, following), StudentState(state))


def live(entry: Entry, changes: Iterable[Change], follow: Follow | None = None) -> Life:
    """Replay a whole life; raises Refusal at the first change that what came before does not admit."""
    life = begin_life(entry)
    for change in sorted(changes, key=lambda change: change.effective_date):
        life = live_on(life, change, follow)
    return life
