"""What two states of knowledge count differently: the list that a restatement carries (docs/rules.md §6.2)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.families import Adds, Breakdown, Question
from reporting.reports.facts import fetch


@dataclass
class Difference:
    """A subject; what was counted before and no longer, what is counted now and was not: [indicator, slice], and the amount of
    what is summed."""

    subject_id: int
    before: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)
    recording_id: int | None = None


def differing_records(before: Question, after: Question, breakdowns: Iterable[Breakdown]) -> Iterator[Difference]:
    """Every subject whose counts differ between the two questions in one of the breakdowns, in the order of keys."""
    dimensions = sorted({name for one in breakdowns for name in one})
    then, now = _counts(before, dimensions), _counts(after, dimensions)
    found: dict[int, Difference] = {}
    for side, surplus in (("before", then - now), ("after", now - then)):
        for (indicator, subject, amount, *values), times in surplus.items():
            one = found.setdefault(subject, Difference(subject))
            told = [indicator, dict(zip(dimensions, values, strict=True))]
            getattr(one, side).extend([told if amount is None else [*told, amount]] * times)
    recordings = _touching(after, sorted(found), before.known_number)
    for subject in sorted(found):
        found[subject].recording_id = recordings.get(subject)
        yield found[subject]


def _counts(question: Question, dimensions: Sequence[str]) -> Counter[tuple[Any, ...]]:
    """(measure, subject, amount of a sum, slice values) → how often; a second name counts with its first."""
    family = question.family
    measures = [family.measure[one] for one in family.asked(with_window=question.since is not None)]
    seconds = {one.same_as: one.id for one in measures if one.same_as}
    counted: Counter[tuple[Any, ...]] = Counter()
    for indicator, subject, amount, *values in _rows(
        question, dimensions, [one.id for one in measures if not (one.of or one.same_as)]
    ):
        told = amount if family.measure[indicator].adds is Adds.SUM else None
        for name in filter(None, (indicator, seconds.get(indicator))):
            counted[(name, subject, told, *values)] += 1
    return counted


def _rows(question: Question, dimensions: Sequence[str], measures: Sequence[str]) -> list[tuple[Any, ...]]:
    family = question.family
    columns = "".join(f", {name}" for name in dimensions)
    plain = family.rows(question, dimensions, measures)
    rows = fetch(question, f"SELECT indicator, subject_id, amount{columns} FROM ({plain}) x")
    if question.since is not None and family.crossings and family.crosses:
        own = "".join(f", own_{name}" for name in dimensions)
        crossing = family.crossings(question, dimensions)
        statement = f"SELECT indicator, subject_id, 1{own} FROM ({crossing}) m WHERE {family.crosses(dimensions)}"
        rows += fetch(question, statement)
    return rows


def _touching(question: Question, subjects: Sequence[int], after_number: int) -> dict[int, int]:
    """Subject → the last recording after that number that wrote or superseded a row which the figures read."""
    evidence = question.family.evidence
    if not evidence:
        return {}
    rows = fetch(
        question,
        f"""SELECT DISTINCT ON (touched.subject_id) touched.subject_id, entry.id
        FROM ({" UNION ALL ".join(evidence)}) AS touched (subject_id, recorded_in_id, superseded_in_id)
        JOIN common_recording entry ON entry.id IN (touched.recorded_in_id, touched.superseded_in_id)
        WHERE entry.number > %(after_number)s AND entry.number <= %(number)s
        ORDER BY touched.subject_id, entry.number DESC""",
        subjects=list(subjects),
        after_number=after_number,
    )
    return dict(rows)
