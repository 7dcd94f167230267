"""Figures: counts of the facts by slice, by the rows of their family (docs/rules.md §6.2, §6.5)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.families import TOTAL, Adds, Breakdown, Measure, Question, family_named
from common.ledger import Knowledge, knowledge_at
from common.models import Recording
from learning_centers.models import Institution
from reporting.reports.facts import fetch, fetch_many
from reporting.reports.statements import Statements, mask_of
from reporting.reports.tables import FigureTable


def scope_of(user: Any, institution: Institution, family: str = "degree") -> frozenset[int] | None:
    """The family's scope rows that this user may count: None = all; nobody's scope is empty, so that all figures are 0."""
    if getattr(user, "is_system", False):
        return None
    every = family_named(family).scope_rows._default_manager.filter(institution=institution)
    visible = frozenset(every.visible_to(user).values_list("pk", flat=True))  # type: ignore[attr-defined]
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
    scope: frozenset[int] | None = None,
    family: str = "degree",
) -> Question:
    """A question to the figures of a family; raises DomainError `since_not_before_as_of`, `unknown_family`."""
    if since is not None and since > as_of:
        raise DomainError(_("The window ends before it begins."), code="since_not_before_as_of")
    number = (knowledge or knowledge_at(institution, known_at)).number
    context = family_named(family).context(institution, number)
    return Question(institution.pk, as_of, since, number, scope, family, context)


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
    family = question.family
    wanted = list(dict.fromkeys([TOTAL, *breakdowns]))
    names = family.asked(with_window=question.since is not None)
    measures = [family.measure[name] for name in names if only is None or name in only]
    table = FigureTable(question, {one: {} for one in wanted})
    table.cells[TOTAL][()] = {one.id: one.nothing for one in measures}
    read = fetch_many if question.scope is None else fetch
    for statement in Statements(question, wanted, measures).all():
        _fill(table, read(question, statement.text), statement.dimensions, measures)
    _fill_ratios(table, measures)
    shown = {one.id for one in measures}
    for found, cells in table.cells.items():
        kept = {key: {name: value for name, value in row.items() if name in shown} for key, row in cells.items()}
        table.cells[found] = {key: row for key, row in kept.items() if row}
    return table


def _fill(
    table: FigureTable, rows: Iterable[tuple[Any, ...]], dimensions: Sequence[str], measures: Sequence[Measure]
) -> None:
    family = table.question.family
    masks = {mask_of(dimensions, one): one for one in table.cells}
    seconds = {one.same_as: one.id for one in measures if one.same_as}
    for indicator, mask, *key, found in rows:
        wanted = masks[mask]
        values = dict(zip(dimensions, key, strict=True))
        value = longest_run(found) if family.measure[indicator].adds is Adds.LONGEST_RUN else found
        for name in filter(None, (indicator, seconds.get(indicator))):
            if family.is_sliced(name, wanted):
                table.cells[wanted].setdefault(tuple(values[one] for one in wanted), {})[name] = value


def _fill_ratios(table: FigureTable, measures: Sequence[Measure]) -> None:
    """A ratio stands where its denominator has something to show."""
    family = table.question.family
    for wanted, cells in table.cells.items():
        for one in measures:
            if one.of and family.is_sliced(one.id, wanted):
                for values in cells.values():
                    pair = [values.get(part, 0) for part in one.of]
                    if any(pair) or wanted == TOTAL:
                        values[one.id] = pair


def longest_run(years: Iterable[int]) -> int:
    """The most years in a row among these."""
    found = set(years)
    longest = 0
    for first in (year for year in found if year - 1 not in found):
        last = first
        while last in found:
            last += 1
        longest = max(longest, last - first)
    return longest
