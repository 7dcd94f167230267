"""What must hold after the simulation, counted anew from the other side: each fault is a sentence."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum

from common.errors import DomainError
from common.families import TOTAL
from demo.simulating.recounting import BY, Recount
from enrollment.families.dimensions import STANDARD
from enrollment.models import AdmissionPlace, Application, ChangeRequest, ProvincialPlan, Student, StudentEntry
from enrollment.records.life import Refusal
from enrollment.records.models.students import StudentPeriod
from enrollment.records.services.lives import Known, same
from enrollment.requests.models.requests import RequestStatus
from learning_centers.intake import center_intakes
from learning_centers.models import Institution
from reporting.reports.figures import ask, compute
from reporting.reports.laws import check

LONG_ENOUGH, MANY_ENOUGH = 5, 150
"""Years and students among whom every kind of change must have come up, also graduation after completion."""


@dataclass(frozen=True)
class Check:
    """One law, what it was tried on, and where it does not hold."""

    law: str
    tried_on: str
    faults: list[str]


def windows(first: int, last: int, until: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Calendar years and school years, the last ones as far as the simulation came."""
    years = [(dt.date(year - 1, 12, 31), dt.date(year, 12, 31)) for year in range(first, last + 1)]
    school_years = [(dt.date(year, 8, 31), dt.date(year + 1, 8, 31)) for year in range(first, last + 1)]
    return [(since, min(as_of, until)) for since, as_of in years + school_years if since < until]


def flow_faults(institution: Institution, spans: list[tuple[dt.date, dt.date]]) -> Iterator[str]:
    """The laws of the figures on every standard slice of every span, and the same figures by a naive count."""
    recount = Recount.of(institution)
    for since, as_of in spans:
        table = compute(ask(institution, as_of, since), STANDARD)
        try:
            check(table)
        except DomainError as broken:
            yield f"{since}–{as_of}: {broken}"
        for breakdown in (TOTAL, *BY):
            naive = recount.figures(since, as_of, breakdown)
            told = {key: Counter(values) for key, values in table.cells[breakdown].items()}
            for key in naive.keys() | told.keys():
                found, expected = told.get(key, Counter()), naive.get(key, Counter())
                if +found != +expected:
                    yield f"{since}–{as_of} {breakdown} {key}: figures {dict(+found)}, counted {dict(+expected)}"
        documents = recount.by_documents(since, as_of)
        total = Counter({name: count for name, count in table.cells[TOTAL][()].items() if name in documents})
        if +total != +documents:
            yield f"{since}–{as_of}: figures {dict(+total)}, from the documents {dict(+documents)}"


def place_faults(institution: Institution) -> Iterator[str]:
    """Taken is at most the quota, and is the number of those who hold the places; places stay within the provincial plan."""
    over = AdmissionPlace.objects.current().filter(institution=institution, taken__gt=F("quota"))
    yield from (f"place {one.pk}: {one.taken} taken of {one.quota}" for one in over)
    places = AdmissionPlace.objects.current().filter(institution=institution)
    taken = Counter({tuple(row[:-1]): row[-1] for row in _by_class(places, "center_offering__", Sum("taken"))})
    entries = StudentEntry.objects.current().filter(institution=institution)
    holders = Counter({tuple(row[:-1]): row[-1] for row in _by_class(entries, "", Count("pk"))})
    applications = Application.objects.holding_a_place().filter(institution=institution)
    holders.update({tuple(row[:-1]): row[-1] for row in _by_class(applications, "center_offering__", Count("pk"))})
    for seat, count in taken.items():
        if count != holders[seat]:
            yield f"places at {seat}: {count} taken, {holders[seat]} hold one"
    yield from _plan_faults(institution)


def _by_class(rows: QuerySet, path: str, count: Aggregate) -> QuerySet:
    """By batch, centre, programme and form: a corrected length leads to another version, not to another place."""
    version = f"{path}programme_version__"
    columns = ("batch_id", f"{path}center_id", f"{version}programme_id", f"{version}study_form")
    return rows.order_by().values_list(*columns).annotate(count)


def _plan_faults(institution: Institution) -> Iterator[str]:
    """A place counts in the province in which the centre is on the first day of the batch."""
    places = AdmissionPlace.objects.current().filter(institution=institution)
    course = "center_offering__programme_version__programme"
    joined = list(places.select_related("batch", "center_offering__center", course))
    intakes = center_intakes({one.center_offering.center for one in joined})
    placed: Counter[tuple[int, str, int, str, str]] = Counter()
    for one in joined:
        version, province = one.center_offering.programme_version, intakes[one.center_offering.center_id].province
        programme = version.programme
        course_key = (programme.major_id, programme.level_path, version.study_form)
        placed[one.batch_id, province(one.batch.starts_on), *course_key] += one.quota
    for plan in ProvincialPlan.objects.current().filter(institution=institution):
        given = placed[plan.batch_id, plan.province_code, plan.major_id, plan.level_path, plan.study_form]
        if given > plan.quota:
            yield f"plan {plan}: {given} places, {plan.quota} allowed"


def number_faults(institution: Institution) -> Iterator[str]:
    """No student number and no notice number was ever given to two, not even one that is no longer known; notices have no gaps."""
    students = Student.objects.filter(institution=institution)
    owners = students.values("student_no").annotate(owners=Count("person_id", distinct=True)).filter(owners__gt=1)
    yield from (f"student number {row['student_no']} belongs to {row['owners']} persons" for row in owners)
    notices = Application.objects.filter(institution=institution).exclude(notice_no="")
    twice = notices.values("notice_no").annotate(uses=Count("pk")).filter(uses__gt=1)
    yield from (f"notice {row['notice_no']} was issued {row['uses']} times" for row in twice)
    series: defaultdict[str, list[int]] = defaultdict(list)
    for number in notices.values_list("notice_no", flat=True):
        digits = len(number) - len(number.rstrip("0123456789"))
        series[number[: len(number) - digits]].append(int(number[len(number) - digits :]))
    for name, numbers in series.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"notices {name}…: {len(numbers)} issued, the highest is {max(numbers)}"


def application_faults(institution: Institution) -> Iterator[str]:
    """A registered application is one student, entered with what it asked for; nobody else came by an application."""
    registered = Application.objects.current().filter(institution=institution, student__isnull=False)
    wrong = registered.exclude(
        student__entries__superseded_in__isnull=True,
        student__entries__center_id=F("center_offering__center_id"),
        student__entries__programme_version_id=F("center_offering__programme_version_id"),
    )
    yield from (f"application {one.public_id} entered elsewhere than asked" for one in wrong)


def request_faults(institution: Institution) -> Iterator[str]:
    """Every decision by a second person; every approved change with its document."""
    decided = ChangeRequest.objects.filter(institution=institution, status=RequestStatus.APPROVED)
    alone = decided.filter(Q(decided_by=F("requested_by")) | Q(decided_by=None, case=None))
    yield from (f"request {one.public_id} was decided by who asked" for one in alone)
    changes = decided.exclude(kind="correct").filter(document=None)
    yield from (f"request {one.public_id} was approved without a document" for one in changes)


def projection_faults(institution: Institution, day: dt.date) -> Iterator[str]:
    """The list columns of students say what holds on the day."""
    periods = StudentPeriod.objects.current().on(day).filter(institution=institution)
    wrong = periods.exclude(
        student__current_state=F("state"),
        student__current_center_id=F("center_id"),
        student__current_programme_version_id=F("programme_version_id"),
    )
    yield from (f"student {one.student_id} is listed otherwise than in the period of {day}" for one in wrong)
    there = periods.values("student")
    lost = Student.objects.current().filter(institution=institution, current_state__in=["active", "suspended"])
    yield from (f"student {one.pk} is listed as enrolled, no period covers {day}" for one in lost.exclude(pk__in=there))


def life_faults(institution: Institution) -> Iterator[str]:
    """Each life is what its entry and its documents make of it, replayed now; the first period begins on the entry day."""
    students = list(StudentEntry.objects.current().filter(institution=institution).values_list("student", flat=True))
    known = Known.of(students)
    stored: defaultdict[int, list[StudentPeriod]] = defaultdict(list)
    for one in StudentPeriod.objects.current().filter(institution=institution).order_by("position"):
        stored[one.student_id].append(one)
    try:
        lives = known.lives()
    except Refusal as refusal:
        yield f"a life is not coherent: {refusal.code} on {refusal.change.effective_date}"
        return
    for student, life in lives.items():
        written = stored.pop(student, [])
        if len(written) != len(life.periods) or not all(map(same, written, life.periods)):
            yield f"student {student}: the periods are not what the documents say"
    yield from (f"student {student} has periods and no entry" for student in stored)


def kind_faults(occurred: Counter[str], years: int) -> Iterator[str]:
    """In years enough for whole lives, to students enough, something of every kind has happened."""
    if years >= LONG_ENOUGH and occurred["admission"] >= MANY_ENOUGH:
        yield from (f"never came to pass: {kind}" for kind, count in occurred.items() if not count)


def verify(institution: Institution, occurred: Counter[str], first: int, last: int, until: dt.date) -> list[Check]:
    """Every law with the faults there are, up to the day on which the simulation ended."""
    spans = windows(first, last, until)
    students = Student.objects.filter(institution=institution).count()
    applications = Application.objects.filter(institution=institution).count()
    places = AdmissionPlace.objects.current().filter(institution=institution).count()
    requests = ChangeRequest.objects.filter(institution=institution).count()
    tried_on = f"{len(STANDARD)} ways to slice, {len(spans)} spans"
    return [
        Check("opening + in − out = closing, in every slice", tried_on, list(flow_faults(institution, spans))),
        Check("every life is what its documents say", f"{students} students", list(life_faults(institution))),
        Check("places and plans are never exceeded", f"{places} places", list(place_faults(institution))),
        Check("no number is given twice", f"{students + applications} numbers", list(number_faults(institution))),
        Check("who applied is the student", f"{applications} applications", list(application_faults(institution))),
        Check("a second person decides, by a document", f"{requests} requests", list(request_faults(institution))),
        Check("lists say what holds today", f"{students} students", list(projection_faults(institution, until))),
        Check("every kind of change", f"{len(occurred)} kinds", list(kind_faults(occurred, last - first + 1))),
    ]
