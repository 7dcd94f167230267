"""A student's life as a strip: periods as bars, documents as dots, years as ticks. Units: one strip is 1000 wide."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

WIDTH = 1000


@dataclass(frozen=True)
class Bar:
    x: float
    width: float
    state: str
    label: str


@dataclass(frozen=True)
class Mark:
    x: float
    label: str


@dataclass(frozen=True)
class Strip:
    bars: list[Bar] = field(default_factory=list)
    years: list[Mark] = field(default_factory=list)
    documents: list[Mark] = field(default_factory=list)


def strip(periods: Iterable[Any], changes: Iterable[Any], day: dt.date) -> Strip:
    """Bars of `periods` (begin, end, state), open ones up to `day`; dots of `changes` (effective_date)."""
    periods, changes = list(periods), list(changes)
    if not periods:
        return Strip()
    first = min(one.begin for one in periods)
    last = max([one.end or day for one in periods] + [one.effective_date for one in changes] + [first])
    first, last = dt.date(first.year, 1, 1), dt.date(last.year + 1, 1, 1)
    days = (last - first).days

    def x(on: dt.date) -> float:
        return round((on - first).days * WIDTH / days, 1)

    bars = []
    for one in periods:
        end = max(one.end or day, one.begin)
        text = f"{one.begin} – {one.end or '…'}"
        bars.append(Bar(x(one.begin), max(round(x(end) - x(one.begin), 1), 1), str(one.state), text))
    years = [Mark(x(dt.date(year, 1, 1)), str(year)) for year in range(first.year, last.year)]
    documents = [Mark(x(one.effective_date), str(one.effective_date)) for one in changes]
    return Strip(bars, years, documents)
