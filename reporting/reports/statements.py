"""The SQL that counts a question: one statement for what adds up, one for each kind of measure that does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.families import Adds, Breakdown, Measure, Question


@dataclass(frozen=True)
class Statement:
    """SELECT of (indicator, mask of the breakdown, one column per dimension, value)."""

    text: str
    dimensions: Sequence[str]


@dataclass(frozen=True)
class Statements:
    question: Question
    wanted: Sequence[Breakdown]
    measures: Sequence[Measure]

    @property
    def dimensions(self) -> list[str]:
        return list(dict.fromkeys(name for one in self.wanted for name in one))

    def all(self) -> Iterator[Statement]:
        """One for each kind of adding that is asked for; ratios are made of the others."""
        additive = self._read(*(one for one in Adds if one in (Adds.COUNT, Adds.SUM)))
        if additive:
            yield Statement(self._additive(additive), self.dimensions)
        for adds, value in SETS.items():
            if names := self._read(adds):
                yield Statement(self._of_sets(names, value), self.dimensions)

    def _read(self, *adds: Adds) -> list[str]:
        """The measures of these kinds that must be counted for what is asked, each once."""
        family = self.question.family
        parts = [family.measure[part] for one in self.measures for part in (one.of or ())]
        counted = [family.measure[one.same_as] if one.same_as else one for one in [*self.measures, *parts]]
        return list(dict.fromkeys(one.id for one in counted if one.adds in adds))

    def _additive(self, names: Sequence[str]) -> str:
        family, dimensions = self.question.family, self.dimensions
        crossing = [one for one in names if family.measure[one].crossing]
        plain = [one for one in names if one not in crossing]
        grouped = ", ".join(["indicator", *dimensions])
        amount = "sum(amount)" if any(family.measure[one].adds is Adds.SUM for one in plain) else "count(*)"
        rows = family.rows(self.question, dimensions, plain)
        tables = [f"finest AS MATERIALIZED (SELECT {grouped}, {amount} AS counted FROM ({rows}) x GROUP BY {grouped})"]
        columns = f"indicator, {self._grouping}{self._columns}"
        parts = [f"SELECT {columns}, sum(counted)::bigint FROM finest GROUP BY GROUPING SETS ({self._sets})"]
        if crossing and family.crossings:
            tables.append(f"moved AS MATERIALIZED ({family.crossings(self.question, dimensions)})")
            parts += [self._crossing(one) for one in self.wanted if not family.stocks_only(one)]
        return f", {', '.join(tables)} {' UNION ALL '.join(parts)}"

    def _crossing(self, one: Breakdown) -> str:
        family = self.question.family
        assert family.crosses is not None
        columns = "".join(f", own_{name}" if name in one else ", NULL" for name in self.dimensions)
        grouped = ", ".join(["indicator", *(f"own_{name}" for name in one)])
        mask = mask_of(self.dimensions, one)
        return f"SELECT indicator, {mask}{columns}, count(*) FROM moved WHERE {family.crosses(one)} GROUP BY {grouped}"

    def _of_sets(self, names: Sequence[str], value: str) -> str:
        rows = self.question.family.rows(self.question, self.dimensions, names)
        grouping = f"{self._grouping}{self._columns}"
        return f" SELECT indicator, {grouping}, {value} FROM ({rows}) x GROUP BY GROUPING SETS ({self._sets})"

    @property
    def _columns(self) -> str:
        return "".join(f", {name}" for name in self.dimensions)

    @property
    def _grouping(self) -> str:
        return f"GROUPING({', '.join(self.dimensions)})" if self.dimensions else "0"

    @property
    def _sets(self) -> str:
        return ", ".join("(" + ", ".join(["indicator", *one]) + ")" for one in self.wanted)


SETS = {
    Adds.DISTINCT: "count(DISTINCT person)",
    Adds.LONGEST_RUN: "array_agg(DISTINCT extract(year FROM boundary)::integer)",
}


def mask_of(dimensions: Sequence[str], wanted: Breakdown) -> int:
    """What GROUPING(…) says of a breakdown: a bit for every dimension that is not in it."""
    return sum(1 << place for place, name in enumerate(reversed(dimensions)) if name not in wanted)
