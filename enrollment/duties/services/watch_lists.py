"""Whom the lists name on a day: pure reading, one function for each list (docs/rules.md §§2.2–2.4). Nobody is decided about
here."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from common.dates import plus_months
from enrollment.admission.models.applications import Application, ApplicationStatus
from enrollment.admission.models.places import EntryBatch
from enrollment.admission.services.arriving import last_day_to_arrive
from enrollment.admission.services.planning import Windows
from enrollment.duties.models.duties import EntitlementCheck, WatchItem, YearlyRegistration
from enrollment.records.models.students import PeriodState, StudentEntry, StudentPeriod
from learning_centers.models import Institution
from learning_centers.rules import Rulebook

List = WatchItem.List
DAY = dt.timedelta(days=1)
RULES = ("suspension_months", "suspension_counts_to_maximum", "yearly_registration_days", "late_arrival_days")


@dataclass(frozen=True)
class Found:
    """Somebody who belongs on a list; `since` is the first day beyond the limit, `facts` hold nothing personal."""

    center_id: int
    since: dt.date
    student_id: int | None = None
    application_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int | None, int | None]:
        return self.student_id, self.application_id


@dataclass(frozen=True)
class Held:
    """A period that covers the day, with what the rules ask of it."""

    student_id: int
    center_id: int
    state: str
    begin: dt.date
    max_years: Any
    school_id: int
    level_path: str
    province_code: str
    batch_begin: dt.date
    entered: dt.date
    suspensions: tuple[tuple[dt.date, dt.date], ...]

    @property
    def where(self) -> dict[str, Any]:
        return {"school_id": self.school_id, "level_path": self.level_path, "province_code": self.province_code}


@dataclass(frozen=True)
class Roll:
    """Who is enrolled in the institution on the day, and its rules."""

    institution: Institution
    day: dt.date
    book: Rulebook
    held: list[Held]

    @classmethod
    def on(cls, institution: Institution, day: dt.date) -> "Roll":
        entries = StudentEntry.objects.current().filter(institution=institution)
        begun: dict[int, tuple[Any, ...]] = {
            key: tuple(rest) for key, *rest in entries.values_list("student", "batch__starts_on", "entry_date")
        }
        known = StudentPeriod.objects.current().filter(institution=institution)
        pauses: dict[int, list[tuple[dt.date, dt.date]]] = {}
        paused = known.filter(state=PeriodState.SUSPENDED, begin__lte=day).order_by("student", "position")
        for student, begin, end in paused.values_list("student", "begin", "end"):
            _join(pauses.setdefault(student, []), begin, min(end or day, day))
        rows = known.on(day).values_list(
            "student", "center", "state", "begin", "programme_version__max_years",
            "programme_version__programme__school", "programme_version__programme__level_path", "center__province_code",
        )  # fmt: skip
        held = [Held(*(*row, *begun[row[0]], tuple(pauses.get(row[0], ())))) for row in rows]
        return cls(institution, day, Rulebook.of(institution, *RULES), held)

    def rule(self, name: str, one: Held) -> Any:
        return self.book.rule(name, on=self.day, **one.where)


def _join(spans: list[tuple[dt.date, dt.date]], begin: dt.date, end: dt.date) -> None:
    """A suspension that goes on at another centre is one."""
    if spans and spans[-1][1] == begin:
        begin = spans.pop()[0]
    spans.append((begin, end))


def over_max(roll: Roll) -> Iterator[Found]:
    """Enrolled although the maximum length, in terms from the entry batch, is over; suspended time counts by rule."""
    for one in roll.held:
        limit = plus_months(one.batch_begin, int(one.max_years * 12))
        if limit > roll.day:
            continue
        if not roll.rule("suspension_counts_to_maximum", one):
            limit += sum(((end - begin) for begin, end in one.suspensions), dt.timedelta())
        if limit <= roll.day:
            yield Found(one.center_id, limit, one.student_id, facts={"max_years": f"{one.max_years.normalize():f}"})


def suspended_too_long(roll: Roll) -> Iterator[Found]:
    for one in roll.held:
        if one.state != PeriodState.SUSPENDED:
            continue
        begin = one.suspensions[-1][0] if one.suspensions else one.begin
        last = plus_months(begin, roll.rule("suspension_months", one))
        if last < roll.day:
            yield Found(one.center_id, last + DAY, one.student_id, facts={"suspended_since": begin.isoformat()})


def never_reported(roll: Roll) -> Iterator[Found]:
    """Admitted and told so, and the time to arrive is over."""
    yield from _not_arrived(roll, ApplicationStatus.ACCEPTED, noticed_on__isnull=False)


def place_kept_too_long(roll: Roll) -> Iterator[Found]:
    yield from _not_arrived(roll, ApplicationStatus.PLACE_KEPT)


def _not_arrived(roll: Roll, status: str, **terms: Any) -> Iterator[Found]:
    rows = Application.objects.current().filter(institution=roll.institution, status=status, **terms)
    joined = rows.select_related(
        "institution", "batch", "center_offering__center", "center_offering__programme_version__programme"
    )
    windows = Windows.load(EntryBatch.objects.filter(institution=roll.institution).values_list("pk", flat=True))
    for one in joined.filter(batch__starts_on__lt=roll.day):
        last = last_day_to_arrive(one, roll.book, windows)
        if last < roll.day:
            yield Found(one.center_offering.center_id, last + DAY, application_id=one.pk)


def entitlement_due(roll: Roll) -> Iterator[Found]:
    at = {one.student_id: one.center_id for one in roll.held}
    pending = EntitlementCheck.objects.current().filter(
        institution=roll.institution, result=EntitlementCheck.Result.PENDING, due_on__lt=roll.day
    )
    for student, due in pending.values_list("student", "due_on"):
        if student in at:
            yield Found(at[student], due + DAY, student, facts={"due_on": due.isoformat()})


def not_registered(roll: Roll) -> Iterator[Found]:
    """Active, entered before this school year, and not registered in its first weeks; only where registrations are kept."""
    year = roll.day.year if roll.day.month >= 9 else roll.day.year - 1
    first = dt.date(year, 9, 1)
    registrations = YearlyRegistration.objects.current().filter(institution=roll.institution, school_year=year)
    registered = set(registrations.values_list("student", flat=True))
    if not registered:
        return
    for one in roll.held:
        if one.state != PeriodState.ACTIVE or one.entered >= first or one.student_id in registered:
            continue
        due = max(first, one.begin) + dt.timedelta(days=roll.rule("yearly_registration_days", one))
        if due < roll.day:
            yield Found(one.center_id, due + DAY, one.student_id, facts={"school_year": year})


LISTS: dict[List, Callable[[Roll], Iterator[Found]]] = {
    List.OVER_MAX: over_max,
    List.SUSPENDED_TOO_LONG: suspended_too_long,
    List.NEVER_REPORTED: never_reported,
    List.PLACE_KEPT_TOO_LONG: place_kept_too_long,
    List.ENTITLEMENT_DUE: entitlement_due,
    List.NOT_REGISTERED: not_registered,
}
