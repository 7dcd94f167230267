"""Whom two states of knowledge count differently: the list that a restatement carries (docs/rules.md §6.2)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reporting.dimensions import Breakdown
from reporting.reports.facts import Question, crosses, fetch, moved, plain

Count = tuple[str, dict[str, str | None]]


@dataclass
class Difference:
    """A student; what was counted before and no longer, what is counted now and was not: [indicator, slice]."""

    student_id: int
    before: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)
    recording_id: int | None = None


def differing_records(before: Question, after: Question, breakdowns: Iterable[Breakdown]) -> Iterator[Difference]:
    """Every student whose counts differ between the two questions in one of the breakdowns, in the order of keys."""
    dimensions = sorted({name for one in breakdowns for name in one})
    then, now = _counts(before, dimensions), _counts(after, dimensions)
    found: dict[int, Difference] = {}
    for side, surplus in (("before", then - now), ("after", now - then)):
        for (indicator, student, *values), times in surplus.items():
            one = found.setdefault(student, Difference(student))
            getattr(one, side).extend([[indicator, dict(zip(dimensions, values, strict=True))]] * times)
    recordings = _touching(after, sorted(found), before.known_number)
    for student in sorted(found):
        found[student].recording_id = recordings.get(student)
        yield found[student]


def _counts(question: Question, dimensions: Sequence[str]) -> Counter[tuple[Any, ...]]:
    columns = "".join(f", {name}" for name in dimensions)
    counted = Counter(fetch(question, f"SELECT indicator, student_id{columns} FROM ({plain(question, dimensions)}) x"))
    if question.since is not None:
        own = "".join(f", own_{name}" for name in dimensions)
        counted.update(
            fetch(
                question,
                f"SELECT indicator, student_id{own} FROM ({moved(question, dimensions)}) m WHERE {crosses(dimensions)}",
            )
        )
    return counted


def _touching(question: Question, students: Sequence[int], after_number: int) -> dict[int, int]:
    """Student → the last recording after that number that wrote or superseded a row which the figures read."""
    rows = fetch(
        question,
        f"""SELECT DISTINCT ON (touched.student_id) touched.student_id, entry.id
        FROM ({" UNION ALL ".join(_evidence())}) AS touched
        JOIN common_recording entry ON entry.id IN (touched.recorded_in_id, touched.superseded_in_id)
        WHERE entry.number > %(after_number)s AND entry.number <= %(number)s
        ORDER BY touched.student_id, entry.number DESC""",
        students=list(students),
        after_number=after_number,
    )
    return dict(rows)


def _evidence() -> list[str]:
    columns = "x.recorded_in_id, x.superseded_in_id"
    of_student = [
        f"SELECT x.student_id, {columns} FROM {table} x WHERE x.student_id = ANY(%(students)s::bigint[])"
        for table in ("enrollment_studentperiod", "enrollment_studententry")
    ]
    return [
        *of_student,
        f"""SELECT s.id, {columns} FROM enrollment_student s JOIN people_personfacts x ON x.person_id = s.person_id
        WHERE s.id = ANY(%(students)s::bigint[])""",
        f"""SELECT p.student_id, {columns} FROM enrollment_studentperiod p
        JOIN learning_centers_centerperiod x ON x.center_id = p.center_id
        WHERE p.student_id = ANY(%(students)s::bigint[])""",
    ]
