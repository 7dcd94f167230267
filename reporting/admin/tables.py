"""Figures as tables: a row per slice, a column per figure, with totals; every figure can lead to its records."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from common.families import Adds, Breakdown, Family, Measure
from learning_centers.models import Institution
from reporting.reports.export import number, words
from reporting.reports.labels import labels

WIDEST_CROSS_TABLE = 14
Rows = list[tuple[list[str | None], dict[str, Any]]]


@dataclass(frozen=True)
class Cell:
    value: Any
    query: str = ""
    """The query that leads to the records behind the figure; empty where there are none to show."""
    words: str = ""
    """How a value is written that is no whole number."""


@dataclass(frozen=True)
class Line:
    heads: list[str]
    cells: list[Cell]


@dataclass(frozen=True)
class Sheet:
    heads: list[Any]
    columns: list[Any]
    lines: list[Line] = field(default_factory=list)
    total: list[Cell] = field(default_factory=list)

    def plain(self) -> Iterable[list[Any]]:
        """Head and lines without links: what a file holds."""
        yield [*self.heads, *self.columns]
        for line in self.lines:
            yield [*line.heads, *(one.value or 0 for one in line.cells)]
        if self.total:
            yield [
                _("Total"),
                *[""] * (len(self.heads) - 1),
                *("" if one.value is None else one.value for one in self.total),
            ]


def query_of(indicator: str, wanted: Breakdown, key: Iterable[str | None]) -> str:
    return urlencode({"indicator": indicator} | {name: value or "" for name, value in zip(wanted, key, strict=True)})


def cell_of(measure: Measure, value: Any, wanted: Breakdown = (), key: Iterable[str | None] = ()) -> Cell:
    """A value with the way to the records behind it, if there are any."""
    return Cell(number(measure, value), query_of(measure.id, wanted, key) if value else "", words(measure, value))


def sheet_of(
    family: Family,
    institution: Institution,
    wanted: Breakdown,
    rows: Rows,
    total: dict[str, Any],
    *,
    with_window: bool,
) -> Sheet:
    """A row per slice; columns that are zero everywhere are left out, moves have no total."""
    shown = [
        family.measure[one]
        for one in family.asked(with_window=with_window and not family.stocks_only(wanted))
        if one in family.leading[:1] or any(values.get(one) for _key, values in rows)
    ]
    sides = [family.dimension[name] for name in wanted]
    named = [labels(institution, one, (key[place] for key, _values in rows)) for place, one in enumerate(sides)]
    lines = [
        Line(
            [named[place][value] for place, value in enumerate(key)],
            [cell_of(one, values.get(one.id, one.nothing), wanted, key) for one in shown],
        )
        for key, values in rows
    ]
    totals = [Cell(None) if one.crossing else cell_of(one, total.get(one.id, one.nothing)) for one in shown]
    return Sheet([one.title for one in sides], [one.title for one in shown], lines, totals)


def cross_table(
    family: Family, institution: Institution, wanted: Breakdown, rows: Rows, indicator: str
) -> Sheet | None:
    """One figure that adds up over two dimensions; None where the second has too many values to stand side by side."""
    if family.measure[indicator].adds is not Adds.COUNT:
        return None
    values = {tuple(key): row.get(indicator, 0) for key, row in rows}
    sides = [sorted({key[place] for key in values}, key=lambda one: (one is None, one or "")) for place in (0, 1)]
    if len(sides[1]) > WIDEST_CROSS_TABLE:
        return None
    named = [labels(institution, family.dimension[name], side) for name, side in zip(wanted, sides, strict=True)]
    lines = []
    for top in sides[0]:
        cells = [values.get((top, side), 0) for side in sides[1]]
        linked = [
            Cell(value, query_of(indicator, wanted, (top, side)) if value else "")
            for value, side in zip(cells, sides[1], strict=True)
        ]
        lines.append(Line([named[0][top]], [*linked, Cell(sum(cells), query_of(indicator, wanted[:1], (top,)))]))
    sums = [Cell(sum(values.get((top, side), 0) for top in sides[0])) for side in sides[1]]
    total = [*sums, Cell(sum(one.value or 0 for one in sums), query_of(indicator, (), ()))]
    columns = [*(named[1][side] for side in sides[1]), _("Total")]
    return Sheet(
        [family.dimension[wanted[0]].title], columns, lines, [] if family.measure[indicator].crossing else total
    )
