"""A figure over time, counted in one pass over the rows where they allow it: what a line chart shows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.families import Measure, Question, Slice
from reporting.reports.facts import fetch
from reporting.reports.figures import compute
from reporting.reports.records import in_slice

Points = list[tuple[dt.date, Any]]


def trend(question: Question, indicator: str, dates: Sequence[dt.date], slice_: Slice | None = None) -> Points:
    """(day, value) for each day, ascending: a stock on the day, a flow since the day before it in the list (the first
    day of a flow is only the start and is left out). The question gives institution, knowledge and scope.

    Raises DomainError `unknown_dimension` for age, `unknown_indicator` for moves.
    """
    slice_ = slice_ or {}
    family = question.family
    dimensions, measure = family.breakdown(list(slice_)), family.measure[indicator]
    if family.stocks_only(dimensions):
        raise DomainError(_("A trend is not sliced by age."), code="unknown_dimension")
    if measure.crossing:
        raise DomainError(_("Moves have no trend."), code="unknown_indicator")
    days = sorted(set(dates))
    if not days:
        return []
    if family.series and not measure.needs_window:
        return _series(question, indicator, days, slice_)
    if measure.needs_window and measure.is_additive and not measure.same_as:
        return _flows(replace(question, since=days[0], as_of=days[-1]), measure, days, slice_)
    return _day_by_day(question, measure, days, slice_)


def _values(days: list[dt.date], slice_: Slice) -> dict[str, Any]:
    return {"dates": days} | {f"slice_{name}": value for name, value in slice_.items()}


def _series(question: Question, indicator: str, days: list[dt.date], slice_: Slice) -> Points:
    series = question.family.series
    assert series is not None
    change = [0] * (len(days) + 1)
    for first, after_last, count in fetch(
        question, series(question, indicator, tuple(slice_)), **_values(days, slice_)
    ):
        change[first] += count
        change[after_last] -= count
    return list(zip(days, accumulate(change), strict=False))


def _flows(question: Question, measure: Measure, days: list[dt.date], slice_: Slice) -> Points:
    dimensions = tuple(slice_)
    rows = fetch(
        question,
        f"""SELECT width_bucket(boundary - 1, %(dates)s::date[]), sum(amount)::bigint
        FROM ({question.family.rows(question, dimensions, [measure.id])}) x WHERE {in_slice(dimensions)} GROUP BY 1""",
        **_values(days, slice_),
    )
    counted = dict(rows)
    return [(day, counted.get(place, 0)) for place, day in enumerate(days) if place]


def _day_by_day(question: Question, measure: Measure, days: list[dt.date], slice_: Slice) -> Points:
    """Persons, ratios and runs of years of one day do not follow from those of another."""
    spans = pairwise(days) if measure.needs_window else ((None, day) for day in days)
    questions = [replace(question, since=since, as_of=day) for since, day in spans]
    tables = [compute(one, [tuple(slice_)], [measure.id]) for one in questions]
    return [(one.question.as_of, one.value(measure.id, **slice_)) for one in tables]
