"""The laws that figures must obey by how they add (docs/rules.md §6.2, §6.5)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.families import TOTAL, Adds, Breakdown, Measure
from reporting.reports.tables import FigureTable


class BrokenLaw(DomainError):
    """Figures that contradict each other: a bug in a definition or in the records, never a number to publish."""


def check(table: FigureTable) -> None:
    """The family's own law on every slice, and what slices and total say of each other; raises BrokenLaw with the slice."""
    family = table.question.family
    names = family.asked(with_window=table.question.since is not None)
    for wanted, cells in table.cells.items():
        if family.law and table.question.since is not None and not family.stocks_only(wanted):
            for key, values in cells.items():
                _check_own_law(table, dict(zip(wanted, key, strict=True)), values)
        for name in names:
            measure = family.measure[name]
            if name in table.cells[TOTAL][()] and family.is_sliced(name, wanted) and not measure.crossing:
                _check_slices(table, wanted, measure)


def _check_own_law(table: FigureTable, slice_: dict[str, str | None], values: dict[str, Any]) -> None:
    law = table.question.family.law
    try:
        if law:
            law(slice_, values)
    except DomainError as broken:
        raise BrokenLaw(broken.message, code=broken.code, slice=slice_) from broken


def _check_slices(table: FigureTable, wanted: Breakdown, measure: Measure) -> None:
    if measure.of:  # its two parts are measures and checked as such
        return
    if measure.within:
        _check_within(table, wanted, measure)
    values = [cell.get(measure.id, 0) for cell in table.cells[wanted].values()]
    total, together, largest = table.cells[TOTAL][()][measure.id], sum(values), max(values, default=0)
    if not _agree(measure.adds, total, together, largest):
        raise BrokenLaw(
            _("The slices by %(by)s of %(indicator)s add up to %(sum)s, the total is %(total)s.")
            % {"by": ", ".join(wanted), "indicator": measure.id, "sum": together, "total": total},
            code="slices_differ_from_total",
            by=list(wanted),
            indicator=measure.id,
        )


def _agree(adds: Adds, total: int, together: int, largest: int) -> bool:
    if adds in (Adds.COUNT, Adds.SUM):
        return together == total
    if adds is Adds.DISTINCT:
        return largest <= total <= together
    return largest <= total


def _check_within(table: FigureTable, wanted: Breakdown, measure: Measure) -> None:
    for key, values in table.cells[wanted].items():
        if measure.within in values and values.get(measure.id, 0) > values[measure.within]:
            slice_ = dict(zip(wanted, key, strict=True))
            raise BrokenLaw(
                _("%(indicator)s is larger than %(within)s for %(slice)s.")
                % {"indicator": measure.id, "within": measure.within, "slice": slice_ or _("the total")},
                code="more_than_rows",
                slice=slice_,
            )
