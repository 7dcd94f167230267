"""The figures of an institution counted by hand, twice: from the periods without any cleverness, and from the documents alone."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from enrollment.models import Student, StudentChange, StudentEntry, StudentPeriod
from learning_centers.models import Institution, LearningCenter, ProgrammeVersion
from people.models import PersonFacts

BY = (
    ("center",), ("major",), ("level_path",), ("study_form",), ("sex",), ("batch",), ("center", "major"),
    ("level_path", "study_form"),
)  # fmt: skip
"""Breakdowns that are counted anew; the others are judged by their sums."""

IN = {
    "admission": "deg.entrants", "transfer_in": "deg.transferred_in", "resume": "deg.resumed", "reinstate": "deg.resumed",
}  # fmt: skip
OUT = {
    "graduate": "deg.graduates", "complete": "deg.completers", "incomplete": "deg.incompletes",
    "suspend": "deg.suspensions", "withdraw": "deg.withdrawals", "expel": "deg.expulsions", "deceased": "deg.deaths",
    "transfer_out": "deg.transfers_out", "cancel": "deg.cancellations",
}  # fmt: skip
THE_DAY_AFTER = {"graduate", "complete", "deceased"}
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Stretch:
    begin: dt.date
    end: dt.date | None
    state: str
    begun_by: str
    ended_by: str
    facts: dict[str, str | None]
    """What each dimension says."""

    def holds(self, day: dt.date) -> bool:
        return self.begin <= day and (self.end is None or day < self.end)


@dataclass
class Recount:
    lives: list[list[Stretch]]
    entries: dict[int, tuple[dt.date, str]]
    documents: dict[int, list[tuple[dt.date, str]]]

    @classmethod
    def of(cls, institution: Institution) -> "Recount":
        known = {"institution": institution}
        entries = StudentEntry.objects.current().filter(**known).values_list("student_id", "entry_date", "kind")
        documents: defaultdict[int, list[tuple[dt.date, str]]] = defaultdict(list)
        changes = StudentChange.objects.current().filter(**known, in_force=True).order_by("effective_date")
        for student, on, kind in changes.values_list("student_id", "effective_date", "kind"):
            documents[student].append((on, kind))
        return cls(list(_lives(institution)), {key: (on, kind) for key, on, kind in entries}, documents)

    def figures(self, since: dt.date, as_of: dt.date, breakdown: tuple[str, ...]) -> dict[Key, Counter[str]]:
        """Stocks on both days and the boundaries `since < day <= as_of`, by slice."""
        counts: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        for life in self.lives:
            for before, one, after in zip([None, *life], life, [*life[1:], None], strict=False):
                key = tuple(one.facts[name] for name in breakdown)
                for name in _stocks(one, since, as_of):
                    counts[key][name] += 1
                for name in _flows(before, one, after, breakdown, since, as_of):
                    counts[key][name] += 1
        return counts

    def by_documents(self, since: dt.date, as_of: dt.date) -> Counter[str]:
        """Flows and stocks of the whole institution as entries and documents tell them."""
        counts: Counter[str] = Counter()
        for student, (entered, kind) in self.entries.items():
            active, steps = True, [(entered, IN[kind], True)]
            for on, what in self.documents.get(student, ()):
                if what in OUT and (active or what == "graduate"):
                    if active:
                        steps.append((on + dt.timedelta(days=what in THE_DAY_AFTER), OUT[what], False))
                    active = False
                elif what in IN:
                    steps.append((on, IN[what], True))
                    active = True
            for on, name, comes in steps:
                counts[name] += since < on <= as_of
                counts["deg.opening"] += (1 if comes else -1) * (on <= since)
                counts["deg.closing"] += (1 if comes else -1) * (on <= as_of)
        counts["deg.stock"] = counts["deg.closing"]
        return counts


def _stocks(one: Stretch, since: dt.date, as_of: dt.date) -> Iterator[str]:
    if one.state == "suspended":
        if one.holds(as_of):
            yield "deg.suspended"
        return
    if one.holds(as_of):
        yield from ("deg.stock", "deg.closing")
    if one.holds(since):
        yield "deg.opening"


def _flows(
    before: Stretch | None,
    one: Stretch,
    after: Stretch | None,
    breakdown: tuple[str, ...],
    since: dt.date,
    as_of: dt.date,
) -> Iterator[str]:
    if one.state != "active":
        return
    if since < one.begin <= as_of:
        if one.begun_by in IN:
            yield IN[one.begun_by]
        elif before and _differ(before, one, breakdown):
            yield "deg.moved_in"
    if one.end is not None and since < one.end <= as_of:
        if one.ended_by in OUT:
            yield OUT[one.ended_by]
        elif after and _differ(one, after, breakdown):
            yield "deg.moved_out"


def _differ(one: Stretch, other: Stretch, breakdown: tuple[str, ...]) -> bool:
    return any(one.facts[name] != other.facts[name] for name in breakdown)


def _lives(institution: Institution) -> Iterator[list[Stretch]]:
    centers = dict(LearningCenter.objects.filter(institution=institution).values_list("pk", "code"))
    versions = {
        one.pk: one
        for one in ProgrammeVersion.objects.filter(institution=institution).select_related("programme__major")
    }
    students = Student.objects.filter(institution=institution)
    persons = dict(students.values_list("pk", "person_id"))
    sexes = dict(PersonFacts.objects.current().filter(person__institution=institution).values_list("person_id", "sex"))
    entered = StudentEntry.objects.current().filter(institution=institution)
    batches = dict(entered.values_list("student_id", "batch__code"))
    lives: defaultdict[int, list[Stretch]] = defaultdict(list)
    for one in StudentPeriod.objects.current().filter(institution=institution).order_by("student", "position"):
        version = versions[one.programme_version_id]
        facts = {
            "center": centers[one.center_id],
            "major": version.programme.major.code,
            "level_path": str(version.programme.level_path),
            "study_form": str(version.study_form),
            "sex": sexes.get(persons[one.student_id]) or None,
            "batch": batches[one.student_id],
        }
        lives[one.student_id].append(Stretch(one.begin, one.end, one.state, one.begun_by, one.ended_by, facts))
    yield from lives.values()
