"""Figures of one question as a table by slice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from common.families import Breakdown, Question

Key = tuple[str | None, ...]
Values = dict[str, Any]
"""Measure → `common.families.Value`."""


@dataclass(frozen=True)
class Figure:
    """One number: `slice` maps dimensions to canonical values (None = unknown); {} is the total."""

    indicator: str
    slice: dict[str, str | None]
    value: Any
    version: int


@dataclass
class FigureTable:
    """Figures of one question: `cells[breakdown][key][indicator]`. A missing cell is zero; the total is always there."""

    question: Question
    cells: dict[Breakdown, dict[Key, Values]] = field(default_factory=dict)

    def value(self, indicator: str, **slice_: str | None) -> Any:
        """The value of one cell, e.g. `value("deg.stock", center="0101", sex="female")`; KeyError if not computed so."""
        for wanted, cells in self.cells.items():
            if set(wanted) == set(slice_):
                return cells.get(tuple(slice_[one] for one in wanted), {}).get(indicator, 0)
        raise KeyError(sorted(slice_))

    def rows(self, wanted: Breakdown) -> list[tuple[Key, Values]]:
        """The rows of a breakdown in a fixed order: values ascending, unknown last."""
        return sorted(self.cells[wanted].items(), key=lambda item: [(part is None, part or "") for part in item[0]])

    def figures(self) -> Iterator[Figure]:
        family = self.question.family
        for wanted in self.cells:
            for key, values in self.rows(wanted):
                for indicator in family.asked(with_window=self.question.since is not None):
                    if indicator in values:
                        slice_ = dict(zip(wanted, key, strict=True))
                        yield Figure(indicator, slice_, values[indicator], family.measure[indicator].version)
