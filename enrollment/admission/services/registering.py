"""From applicant to student: registration, each year's registration, and the re-check of entitlement (docs/rules.md §§2.3, 2.4)."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from common.access import require
from common.batches import batch_of, first_day
from common.dates import plus_months, today
from common.errors import DomainError, NotAllowed
from common.laws import breaks_a_law
from common.ledger import OpenRecording, recording
from common.transitions import move_all
from enrollment.admission.models.applications import Application, ApplicationStatus
from enrollment.admission.models.places import BatchWindow, EntryBatch
from enrollment.admission.services.deciding import Refusals
from enrollment.admission.services.enrolled import Enrolled
from enrollment.admission.services.judging import lacks_prior_diploma
from enrollment.admission.services.numbers import prefix_of, take_numbers
from enrollment.admission.services.places import Seat, places_at, seat_of
from enrollment.admission.services.planning import Windows
from enrollment.admission.services.refusals import refuse
from enrollment.admission.services.ruling import ruled
from enrollment.admission.services.steps import locked, write_steps
from enrollment.admission.services.transferring import Transfers
from enrollment.duties.models.duties import EntitlementCheck, YearlyRegistration
from enrollment.records.models.students import PeriodState, Student, StudentPeriod
from enrollment.records.services.entering import (
    EntryDraft,
    enter_students,
    entry_batches,
    give_back_places,
    lock_places,
    take_places,
)
from enrollment.records.services.placement import Placement
from learning_centers.rules import Rulebook
from learning_centers.services import hold_centers
from people.models import PersonFacts
from people.services import PersonDraft, register_persons, revise_persons, write_phones

Status = ApplicationStatus
REGISTER = "enrollment.register_student"
RULES = (
    "prior_diploma_verified", "student_no_pattern", "concurrent_enrolment_allowed", "entitlement_check_months",
    "late_arrival_days",
)  # fmt: skip
SURE = ("name", "sex", "birth_date")
"""Facts that a stored person and the application must agree on: else one of the two has to be corrected first."""
LATER = ("latin_name", "nationality", "ethnicity", "political_status")
"""Facts in which the application, being younger, is followed."""
TRIES = 3
BEFORE_THE_YEAR = dt.timedelta(days=92)


def register_student(application: Application, *, on: dt.date, by: Any) -> Student:
    """Make the applicant who has checked in a degree student. Right: `enrollment.register_student`.

    The entry is dated on the first day of the batch, or of the next one that begins for who was kept a place, or on the day of
    a transfer; the place that the application held is the entry's from then on. Raises DomainError: `move_not_possible`,
    `window_closed`, `batch_not_begun`, `transfer_not_begun`, `transferred_before`, the codes of `placement`,
    `person_already_enrolled`, `person_differs`, `numbers_used_up`, and `no_admission_plan` or `quota_exceeded` where a kept
    place leads into another batch.
    """
    with transaction.atomic():
        require(by, REGISTER, application)
        ((row, refusal),) = register_many([application], on=on, by=by)
        if refusal:
            raise refusal
    assert row.student is not None
    return row.student


def register_many(applications: Sequence[Application], *, on: dt.date, by: Any) -> Refusals:
    """Register all that can be, in one recording; each application with None (its `student` is set) or the refusal that kept
    it as it was. All are of one institution. Raises DomainError `busy` if others always write the same numbers or persons."""
    for _attempt in range(TRIES):
        # a file may have brought a number or a person in this moment: then it is all judged anew
        try:
            with transaction.atomic():
                return _register(applications, on, by)
        except DatabaseError as error:
            if not breaks_a_law(error):
                raise
    raise refuse("busy")


def _register(applications: Sequence[Application], on: dt.date, by: Any) -> Refusals:
    found = {row.pk: row for row in locked(applications)}
    rows = [found[key] for key in dict.fromkeys(one.pk for one in applications)]
    if not rows:
        return []
    registry = _Registry(rows, on)
    allowed = set(Application.objects.filter(pk__in=found).visible_to(by, REGISTER).values_list("pk", flat=True))
    verdicts: dict[int, DomainError | None] = {}
    for row in rows:
        verdicts[row.pk] = registry.judge(row)
        if row.pk not in allowed:
            verdicts[row.pk] = NotAllowed(_("You may not do this here."), verb=REGISTER)
    if any(refusal is None for refusal in verdicts.values()):
        with recording(rows[0].institution, by=by, reason=REGISTER) as entry:
            verdicts |= registry.move_places([row for row in rows if verdicts[row.pk] is None])
            if passed := [row for row in rows if verdicts[row.pk] is None]:
                registry.enter(passed, entry)
    return [(row, verdicts[row.pk]) for row in rows]


class _Registry:
    """The rows of one registration with all that its rules read."""

    def __init__(self, rows: Sequence[Application], on: dt.date) -> None:
        self.on, self.institution = on, rows[0].institution
        self.rules = Rulebook.of(self.institution, *RULES)
        self.begins = {row.pk: self._begin(row) for row in rows}
        keys = entry_batches(self.institution, {batch_of(day) for day in self.begins.values()})
        by_key = EntryBatch.objects.in_bulk(keys.values())
        self.batches = {code: by_key[key] for code, key in keys.items()}
        self.windows = Windows.load(by_key)
        hold_centers(row.center_offering.center_id for row in rows)
        self.placement = Placement.load({row.center_offering for row in rows})
        self.enrolled = Enrolled.load(self.institution.pk, rows)
        self.transfers = Transfers.load(rows, self.enrolled)
        persons = set(self.enrolled.persons.values())
        self.facts = {one.person_id: one for one in PersonFacts.objects.current().filter(person__in=persons)}
        self.seen: set[bytes] = set()

    def rule(self, name: str, row: Application) -> Any:
        return ruled(name, row, book=self.rules)

    def _begin(self, row: Application) -> dt.date:
        """The first day of the batch that the student enters with."""
        if row.kept_until is None or row.checked_in_on is None:
            return row.first_day
        since = row.checked_in_on - dt.timedelta(days=self.rule("late_arrival_days", row))
        starts = (
            first_day(f"{year}-{season}")
            for year in range(since.year, since.year + 2)
            for season in ("spring", "autumn")
        )
        return max(row.batch.starts_on, next(day for day in starts if day >= since))

    def batch(self, row: Application) -> EntryBatch:
        return self.batches[batch_of(self.begins[row.pk])]

    def judge(self, row: Application) -> DomainError | None:
        digest = bytes(row.id_digest or b"")
        if row.status != Status.CHECKED_IN:
            return refuse("move_not_possible", state=row.status)
        if self.on > today(self.institution):
            return refuse("day_not_come")
        if code := self._not_open(row):
            return refuse(code)
        if code := self.transfers.came_before(row):
            return refuse(code)
        if code := self.placement.refusal(row.center_offering, self.batch(row), self.begins[row.pk]):
            return refuse(code)
        if lacks_prior_diploma(row, self.rules):
            return refuse("prior_not_verified")
        concurrent = self.rule("concurrent_enrolment_allowed", row)
        if digest in self.seen or self.enrolled.excludes(row, concurrent=concurrent):
            return refuse("person_already_enrolled")
        facts = self.facts.get(self.enrolled.persons.get(digest, 0))
        if facts and any(getattr(facts, name) and getattr(facts, name) != getattr(row, name) for name in SURE):
            return refuse("person_differs")
        self.seen.add(digest)
        return None

    def _not_open(self, row: Application) -> str | None:
        """A batch without a window for registration is open to it from its first day on."""
        if row.is_transfer:
            return "transfer_not_begun" if self.on < row.first_day else None
        batch, register, school = self.batch(row), BatchWindow.Function.REGISTER, row.center_offering.center.school_id
        if self.windows.window(batch.pk, register, school) is None and self.on < batch.starts_on:
            return "batch_not_begun"
        return None if self.windows.is_open(batch.pk, register, self.on, school) else "window_closed"

    def move_places(self, rows: Sequence[Application]) -> dict[int, DomainError | None]:
        """A kept place that leads into another batch is given back there and taken here; returns who finds none."""
        moving = [row for row in rows if self.batch(row).pk != row.batch_id]
        if not moving:
            return {}
        wanted: dict[int, Seat] = {row.pk: (self.batch(row).pk, row.center_offering_id) for row in moving}
        places = places_at({*wanted.values(), *(seat_of(row) for row in moving)})
        present = lock_places([place.pk for place in places.values()])
        free = {seat: present[place.pk].quota - present[place.pk].taken for seat, place in places.items()}
        verdicts: dict[int, DomainError | None] = {}
        shifts: Counter[int] = Counter()
        for row in moving:
            seat = wanted[row.pk]
            if free.get(seat, 0) < 1:
                verdicts[row.pk] = refuse("quota_exceeded" if seat in free else "no_admission_plan")
                continue
            free[seat] -= 1
            shifts[places[seat].pk] += 1
            shifts[places[seat_of(row)].pk] -= 1
        give_back_places({place: -count for place, count in shifts.items() if count < 0})
        take_places({place: count for place, count in shifts.items() if count > 0})
        return verdicts

    def enter(self, rows: Sequence[Application], entry: OpenRecording) -> None:
        """Persons, numbers, entries; the applications become students."""
        persons = self._persons(rows, entry)
        numbers = self._numbers(rows)
        drafts = [self._entry(row, numbers[row.pk], person) for row, person in zip(rows, persons, strict=True)]
        keys = enter_students(self.institution, drafts, entry=entry)
        students = Student.objects.in_bulk(keys)
        for row, key in zip(rows, keys, strict=True):
            row.student = students[key]
        move_all(rows, Status.REGISTERED, also=["student"])
        self._duties(rows, entry)
        write_steps(rows, REGISTER, entry=entry)

    def _numbers(self, rows: Sequence[Application]) -> dict[int, str]:
        groups: dict[tuple[str, str], list[Application]] = defaultdict(list)
        for row in rows:
            pattern = self.rule("student_no_pattern", row)
            groups[pattern, prefix_of(pattern, self.batch(row), row.center_offering)].append(row)
        return {
            row.pk: number
            for (pattern, prefix), together in sorted(groups.items(), key=lambda group: group[0])
            for row, number in zip(
                together, take_numbers(self.institution, pattern, prefix, len(together)), strict=True
            )
        }

    def _entry(self, row: Application, number: str, person: int) -> EntryDraft:
        offering, begin = row.center_offering, self.begins[row.pk]
        years = offering.programme_version.normal_years
        end = plus_months(begin, int(years * 12)) - dt.timedelta(days=1)
        return EntryDraft(
            student_no=number,
            person_id=person,
            entry_date=begin,
            center_id=offering.center_id,
            programme_version_id=offering.programme_version_id,
            length=years,
            kind=row.entry_kind,
            candidate_no=row.candidate_no,
            branch_name=row.branch_name,
            class_name=row.class_name,
            expected_graduation=None if row.is_transfer else end,
            prior_certificate_no=row.prior_certificate_no,
        )

    def _persons(self, rows: Sequence[Application], entry: OpenRecording) -> list[int]:
        """The person of each application; what is younger in the application supersedes what is stored."""
        keys = register_persons(self.institution, [_person(row) for row in rows], entry=entry)
        revisions: dict[int, dict[str, Any]] = {}
        for row, key in zip(rows, keys, strict=True):
            if facts := self.facts.get(key):
                news = {
                    name: value for name in LATER if (value := getattr(row, name)) and value != getattr(facts, name)
                }
                revisions |= {key: news} if news else {}
        if revisions:
            revise_persons(self.institution.pk, revisions, entry=entry, rows={})
        phones = {key: _person(row) for row, key in zip(rows, keys, strict=True) if key in self.facts and row.phone}
        if phones:
            write_phones(self.institution.pk, phones, entry=entry)
        return keys

    def _duties(self, rows: Sequence[Application], entry: OpenRecording) -> None:
        """The first year is registered with the entry; entitlement is looked at again within some months."""
        known = {"institution": self.institution, "recorded_in_id": entry.id}
        YearlyRegistration.objects.bulk_create(
            [
                YearlyRegistration(
                    student=row.student, center_id=row.center_offering.center_id,
                    school_year=school_year_of(self.begins[row.pk]), registered_on=self.on, **known,
                )
                for row in rows
            ],
            batch_size=2000,
        )  # fmt: skip
        EntitlementCheck.objects.bulk_create(
            [
                EntitlementCheck(
                    student=row.student,
                    due_on=plus_months(self.begins[row.pk], self.rule("entitlement_check_months", row)),
                    **known,
                )
                for row in rows
            ],
            batch_size=2000,
        )


def _person(row: Application) -> PersonDraft:
    return PersonDraft(
        name=row.name,
        id_type=row.id_type,
        id_no=row.id_no,
        sex=row.sex,
        birth_date=row.birth_date,
        nationality=row.nationality,
        ethnicity=row.ethnicity,
        political_status=row.political_status,
        latin_name=row.latin_name,
        phone=row.phone,
    )


def school_year_of(day: dt.date) -> int:
    """The school year (1 September to 31 August) by its first year."""
    return day.year if day.month >= 9 else day.year - 1


@transaction.atomic
def register_year(
    students: Sequence[Student], school_year: int, *, on: dt.date, by: Any
) -> list[tuple[Student, DomainError | None]]:
    """Register students of one institution for a school year, from June on; each with None or why not: `not_active`,
    `registered_already`. Right: `enrollment.register_year`. Raises DomainError `year_not_begun`."""
    if on < dt.date(school_year, 9, 1) - BEFORE_THE_YEAR:
        raise refuse("year_not_begun")
    keys = [one.pk for one in students]
    rows = Student.objects.current().select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    locked_rows = {row.pk: row for row in rows.select_related("institution")}
    allowed = set(
        Student.objects.filter(pk__in=keys).visible_to(by, "enrollment.register_year").values_list("pk", flat=True)
    )
    centers = _centers_of_active(keys, max(on, dt.date(school_year, 9, 1)))
    done = set(
        YearlyRegistration.objects.current()
        .filter(student__in=keys, school_year=school_year)
        .values_list("student_id", flat=True)
    )
    verdicts: dict[int, DomainError | None] = {}
    for key in locked_rows:
        verdicts[key] = refuse("registered_already") if key in done else None
        if key not in centers:
            verdicts[key] = refuse("not_active")
        if key not in allowed:
            verdicts[key] = NotAllowed(_("You may not do this here."), verb="enrollment.register_year")
    passed = [row for key, row in locked_rows.items() if verdicts[key] is None]
    if passed:
        with recording(passed[0].institution, by=by, reason="enrollment.register_year") as entry:
            YearlyRegistration.objects.bulk_create(
                [
                    YearlyRegistration(
                        institution_id=row.institution_id, student=row, center_id=centers[row.pk],
                        school_year=school_year, registered_on=on, recorded_in_id=entry.id,
                    )
                    for row in passed
                ],
                batch_size=2000,
            )  # fmt: skip
            for row in passed:
                entry.note("enrollment.register_year", row, school_year=school_year)
    return [(row, verdicts[key]) for key, row in locked_rows.items()]


def _centers_of_active(students: Iterable[int], day: dt.date) -> dict[int, int]:
    periods = StudentPeriod.objects.current().on(day).filter(student__in=list(students), state=PeriodState.ACTIVE)
    return dict(periods.values_list("student_id", "center_id"))


@transaction.atomic
def record_entitlement(
    student: Student, result: str, findings: str = "", *, on: dt.date | None = None, by: Any
) -> EntitlementCheck:
    """What the re-check of entitlement found; a failed one leads to a cancellation that somebody asks for, not from here.

    Right: `enrollment.record_entitlement`. Raises DomainError `value_not_possible`, `required` for a failed check without
    findings, `nothing_changes` where none is due.
    """
    require(by, "enrollment.record_entitlement", student)
    if result not in (EntitlementCheck.Result.PASSED, EntitlementCheck.Result.FAILED):
        raise refuse("value_not_possible")
    if result == EntitlementCheck.Result.FAILED and not findings.strip():
        raise refuse("required")
    known = EntitlementCheck.objects.current().select_for_update(of=("self",)).filter(student=student).first()
    if known is None or known.result == result:
        raise refuse("nothing_changes")
    with recording(student.institution, by=by, reason="enrollment.record_entitlement") as entry:
        EntitlementCheck.objects.filter(pk=known.pk).supersede(entry.id)
        check = EntitlementCheck.objects.create(
            institution_id=student.institution_id, student=student, due_on=known.due_on, result=result, findings=findings,
            checked_on=on or today(student.institution), recorded_in_id=entry.id,
        )  # fmt: skip
        entry.note("enrollment.record_entitlement", student, result=result)
    return check
