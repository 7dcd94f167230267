"""A figure over time, counted in one pass over the periods: what a line chart shows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from reporting.dimensions import DIMENSIONS, breakdown, stocks_only
from reporting.indicators import INDICATORS, MOVES, Kind
from reporting.reports.facts import Question, fetch, in_scope, joins, plain

Slice = dict[str, str | None]


def trend(
    question: Question, indicator: str, dates: Sequence[dt.date], slice_: Slice | None = None
) -> list[tuple[dt.date, int]]:
    """(day, value) for each day, ascending: a stock on the day, a flow since the day before it in the list (the first
    day of a flow is only the start and is left out). The question gives institution, knowledge and scope.

    Raises DomainError `unknown_dimension` for age, `unknown_indicator` for moves.
    """
    slice_ = slice_ or {}
    dimensions = breakdown(list(slice_))
    if stocks_only(dimensions):
        raise DomainError(_("A trend is not sliced by age."), code="unknown_dimension")
    if indicator in MOVES:
        raise DomainError(_("Moves have no trend."), code="unknown_indicator")
    days = sorted(set(dates))
    if not days:
        return []
    values: dict[str, Any] = {"dates": days} | {f"slice_{name}": slice_[name] for name in dimensions}
    if INDICATORS[indicator].kind is Kind.STOCK:
        return _stocks(question, INDICATORS[indicator].state, days, dimensions, values)
    window = replace(question, since=days[0], as_of=days[-1])
    return _flows(window, indicator, days, dimensions, values)


def _stocks(
    question: Question, state: str, days: list[dt.date], dimensions: Sequence[str], values: dict[str, Any]
) -> list[tuple[dt.date, int]]:
    """A period holds on the days from the first not before its begin up to the last before its end."""
    of_centre = any(DIMENSIONS[name].source == "c" for name in dimensions)
    piece = (
        """SELECT p.student_id, p.center_id, p.programme_version_id, GREATEST(p.begin, c.begin) AS begin,
                  LEAST(p."end", c."end") AS "end", GREATEST(p.begin, c.begin) AS day
        FROM periods p JOIN centers c ON c.center_id = p.center_id AND c.begin < p."end" AND p.begin < c."end" """
        if of_centre
        else 'SELECT p.student_id, p.center_id, p.programme_version_id, p.begin, p."end" FROM periods p'
    )
    conditions = " AND ".join([in_scope(question, "row"), *_slice_conditions("row", dimensions)])
    rows = fetch(
        question,
        f"""SELECT width_bucket(row.begin - 1, %(dates)s::date[]), width_bucket(row."end" - 1, %(dates)s::date[]), count(*)
        FROM ({piece} WHERE p.state = '{state}') AS row {joins("row", dimensions)}
        WHERE {conditions} GROUP BY 1, 2""",
        **values,
    )
    change = [0] * (len(days) + 1)
    for first, after_last, count in rows:
        change[first] += count
        change[after_last] -= count
    return list(zip(days, accumulate(change), strict=False))


def _flows(
    question: Question, indicator: str, days: list[dt.date], dimensions: Sequence[str], values: dict[str, Any]
) -> list[tuple[dt.date, int]]:
    conditions = " AND ".join([f"{name} IS NOT DISTINCT FROM %(slice_{name})s" for name in dimensions] or ["TRUE"])
    rows = fetch(
        question,
        f"""SELECT width_bucket(boundary - 1, %(dates)s::date[]), count(*)
        FROM ({plain(question, dimensions, [indicator])}) x WHERE {conditions} GROUP BY 1""",
        **values,
    )
    counted = dict(rows)
    return [(day, counted.get(place, 0)) for place, day in enumerate(days) if place]


def _slice_conditions(row: str, dimensions: Sequence[str]) -> list[str]:
    return [
        DIMENSIONS[name].expression.format(**{source: f"{row}_{source}" for source in "cvef"})
        + f" IS NOT DISTINCT FROM %(slice_{name})s"
        for name in dimensions
    ]
