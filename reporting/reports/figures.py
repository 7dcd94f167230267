"""Figures: counts of the facts by slice, with the laws that they must obey (docs/rules.md §6.2, §6.5)."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.ledger import Knowledge, knowledge_at
from common.models import Recording
from learning_centers.models import Institution, LearningCenter
from reporting.dimensions import TOTAL, Breakdown, stocks_only
from reporting.indicators import ADDING, INDICATORS, MOVES, SUBTRACTING, asked
from reporting.reports.facts import Question, crosses, fetch, fetch_many, moved, plain
from reporting.reports.lineage import successors_today

Key = tuple[str | None, ...]
Values = dict[str, int]


@dataclass(frozen=True)
class Figure:
    """One number: `slice` maps dimensions to canonical values (None = unknown); {} is the total."""

    indicator: str
    slice: dict[str, str | None]
    value: int

    @property
    def version(self) -> int:
        return INDICATORS[self.indicator].version

    def as_json(self) -> dict[str, Any]:
        return {"indicator": self.indicator, "version": self.version, "slice": self.slice, "value": self.value}


@dataclass
class FigureTable:
    """Figures of one question: `cells[breakdown][key][indicator]`. A missing cell is zero; the total is always there."""

    question: Question
    cells: dict[Breakdown, dict[Key, Values]] = field(default_factory=dict)

    def value(self, indicator: str, **slice_: str | None) -> int:
        """The value of one cell, e.g. `value("deg.stock", center="0101", sex="female")`; KeyError if not computed so."""
        for wanted, cells in self.cells.items():
            if set(wanted) == set(slice_):
                return cells.get(tuple(slice_[one] for one in wanted), {}).get(indicator, 0)
        raise KeyError(sorted(slice_))

    def rows(self, wanted: Breakdown) -> list[tuple[Key, Values]]:
        """The rows of a breakdown in a fixed order: values ascending, unknown last."""
        return sorted(self.cells[wanted].items(), key=lambda item: [(part is None, part or "") for part in item[0]])

    def figures(self) -> Iterator[Figure]:
        for wanted in self.cells:
            for key, values in self.rows(wanted):
                for indicator in asked(with_window=self.question.since is not None):
                    if indicator in values:
                        yield Figure(indicator, dict(zip(wanted, key, strict=True)), values[indicator])


def scope_of(user: Any, institution: Institution) -> frozenset[int] | None:
    """The centres whose periods this user may count: None = all; nobody's scope is empty, so that all figures are 0."""
    if getattr(user, "is_system", False):
        return None
    every = LearningCenter.objects.filter(institution=institution)
    visible = frozenset(every.visible_to(user).values_list("pk", flat=True))
    covers_all = institution.pk in {
        reach.key for reach in getattr(user, "reaches", ()) if reach.level == "institution" and user.is_active
    }
    return None if covers_all else visible


def ask(
    institution: Institution,
    as_of: dt.date,
    since: dt.date | None = None,
    *,
    known_at: dt.datetime | None = None,
    knowledge: Knowledge | None = None,
    centers: frozenset[int] | None = None,
) -> Question:
    """A question to the figures; raises DomainError `since_not_before_as_of`."""
    if since is not None and since > as_of:
        raise DomainError(_("The window ends before it begins."), code="since_not_before_as_of")
    knowledge = knowledge or knowledge_at(institution, known_at)
    return Question(
        institution.pk, as_of, since, knowledge.number, centers, successors_today(institution, knowledge.number)
    )


def is_incomplete(institution: Institution, as_of: dt.date, since: dt.date | None = None) -> bool:
    """Whether the figures reach back before the institution's records are complete: mark them, show the published ones."""
    first = institution.records_complete_from
    return first is not None and min(as_of, since or as_of) < first


def instant_of(question: Question, asked_for: dt.datetime | None = None) -> dt.datetime:
    """The instant to print beside a figure: the asked one, or that of the last recording used."""
    if asked_for is not None:
        return asked_for
    recordings = Recording.objects.filter(institution_id=question.institution_id)
    last = recordings.filter(number=question.known_number).values_list("instant", flat=True).first()
    return last or dt.datetime.now(dt.UTC)


def compute(question: Question, breakdowns: Iterable[Breakdown] = (), only: Sequence[str] | None = None) -> FigureTable:
    """Count the total and each breakdown. `only` narrows to some indicators. Call `check` where all were counted."""
    wanted = list(dict.fromkeys([TOTAL, *breakdowns]))
    table = FigureTable(question, {one: {} for one in wanted})
    indicators = [one for one in asked(with_window=question.since is not None) if only is None or one in only]
    table.cells[TOTAL][()] = dict.fromkeys(indicators, 0)
    counted = set(indicators) - {"deg.closing"} | ({"deg.stock"} if "deg.closing" in indicators else set())
    dimensions = list(dict.fromkeys(name for one in wanted for name in one))
    masks = {_mask(dimensions, one): one for one in wanted}
    read = fetch_many if question.centers is None else fetch
    for indicator, mask, *key, count in read(question, _statement(question, dimensions, wanted, counted)):
        found = masks[mask]
        values = dict(zip(dimensions, key, strict=True))
        cell = table.cells[found].setdefault(tuple(values[name] for name in found), {})
        for name in (indicator, "deg.closing") if indicator == "deg.stock" else (indicator,):  # one count, two names
            if name in indicators and not (stocks_only(found) and INDICATORS[name].in_flow_table):
                cell[name] = count
    for found, cells in table.cells.items():
        table.cells[found] = {key: values for key, values in cells.items() if values}
    return table


def _mask(dimensions: Sequence[str], wanted: Breakdown) -> int:
    """What GROUPING(…) says of a breakdown: a bit for every dimension that is not in it."""
    return sum(1 << place for place, name in enumerate(reversed(dimensions)) if name not in wanted)


def _statement(
    question: Question, dimensions: Sequence[str], wanted: Sequence[Breakdown], indicators: Collection[str]
) -> str:
    columns = "".join(f", {name}" for name in dimensions)
    sets = ", ".join("(" + ", ".join(["indicator", *one]) + ")" for one in wanted)
    grouping = f"GROUPING({', '.join(dimensions)})" if dimensions else "0"
    grouped = ", ".join(["indicator", *dimensions])
    parts = [
        f"SELECT indicator, {grouping}{columns}, sum(counted)::bigint FROM finest GROUP BY GROUPING SETS ({sets})",
    ]
    counted = plain(question, dimensions, indicators)
    tables = [f"finest AS MATERIALIZED (SELECT {grouped}, count(*) AS counted FROM ({counted}) x GROUP BY {grouped})"]
    if set(MOVES) & set(indicators):
        tables.append(f"moved AS MATERIALIZED ({moved(question, dimensions)})")
        parts += [_moves(dimensions, one) for one in wanted if not stocks_only(one)]
    return f", {', '.join(tables)} {' UNION ALL '.join(parts)}"


def _moves(dimensions: Sequence[str], one: Breakdown) -> str:
    columns = "".join(f", own_{name}" if name in one else ", NULL" for name in dimensions)
    grouped = ", ".join(["indicator", *(f"own_{name}" for name in one)])
    return f"SELECT indicator, {_mask(dimensions, one)}{columns}, count(*) FROM moved WHERE {crosses(one)} GROUP BY {grouped}"


class BrokenLaw(DomainError):
    """Figures that contradict each other: a bug in a definition or in the records, never a number to publish."""


def check(table: FigureTable) -> None:
    """The flow identity on every slice, and slices + unknown = total (moves excepted); raises BrokenLaw with the slice."""
    total = table.cells[TOTAL][()]
    for wanted, cells in table.cells.items():
        if table.question.since is not None and not stocks_only(wanted):
            for key, values in cells.items():
                _check_flow(dict(zip(wanted, key, strict=True)), values)
        sums: Values = {}
        for values in cells.values():
            for indicator, value in values.items():
                sums[indicator] = sums.get(indicator, 0) + value
        for indicator, value in total.items():
            sliced = not (stocks_only(wanted) and INDICATORS[indicator].in_flow_table) and indicator not in MOVES
            if sliced and sums.get(indicator, 0) != value:
                raise BrokenLaw(
                    _("The slices by %(by)s of %(indicator)s add up to %(sum)s, the total is %(total)s.")
                    % {"by": ", ".join(wanted), "indicator": indicator, "sum": sums.get(indicator, 0), "total": value},
                    code="slices_differ_from_total",
                    by=list(wanted),
                    indicator=indicator,
                )


def _check_flow(slice_: dict[str, str | None], values: Values) -> None:
    expected = sum(values.get(one, 0) for one in ADDING) - sum(values.get(one, 0) for one in SUBTRACTING)
    if expected != values.get("deg.closing", 0):
        raise BrokenLaw(
            _("The flow does not close for %(slice)s: %(expected)s expected, %(found)s counted.")
            % {"slice": slice_ or _("the total"), "expected": expected, "found": values.get("deg.closing", 0)},
            code="flow_identity_broken",
            slice=slice_,
        )
