"""Students of the simulation, and what each of them must do every year."""

import datetime as dt

from django.db.models import QuerySet

from common.dates import plus_months
from demo.simulating.scene import Scene
from enrollment.models import EntitlementCheck, Student, StudentChange
from enrollment.records.models.students import StudentState
from enrollment.services import record_entitlement, register_year, school_year_of

NOT_ENTITLED, FORGETFUL = 0.008, 0.03


def own_students(scene: Scene, *states: str) -> QuerySet[Student]:
    """Those who came by an application of the simulation, by their state of today."""
    rows = Student.objects.current().filter(application__created_by__in=scene.cast.coordinators.values())
    if states:
        rows = rows.filter(current_state__in=states)
    return rows.select_related(
        "institution", "current_center", "entry_batch", "current_programme_version__programme__major"
    ).order_by("pk")


def undecided(scene: Scene, *states: str) -> list[Student]:
    """Own students in these states, without those about whom something is decided for a later day."""
    ahead = StudentChange.objects.in_force().filter(institution=scene.institution, effective_date__gt=scene.today)
    return list(own_students(scene, *states).exclude(pk__in=ahead.values("student")))


def active_students(scene: Scene) -> list[Student]:
    return undecided(scene, StudentState.ACTIVE)


def end_of_terms(student: Student, years: float) -> dt.date:
    """The first day after so many years of study since the first day of the entry batch."""
    return plus_months(student.entry_batch.starts_on, int(years * 12))


def register_the_year(scene: Scene) -> None:
    """Nearly everybody registers in September; a few forget it and turn up on a list."""
    year = school_year_of(scene.today)
    active = [one for one in active_students(scene) if one.entry_batch.starts_on < dt.date(year, 9, 1)]
    forgetful = scene.some("not registered for the year", FORGETFUL, active)
    coming = [one for one in active if one not in forgetful]
    scene.tally.do_many(register_year, coming, year, on=scene.today, by=scene.cast.registrar)
    if coming:
        by = scene.cast.coordinator(coming[0].current_center_id)
        again = scene.tally.do_many(
            register_year, coming[:1], year, expected={"registered_already", "not_allowed"}, on=scene.today, by=by
        )
        if any(refusal is None for _student, refusal in again):
            scene.tally.faults.append("a student was registered twice for a school year")


def check_entitlement(scene: Scene, code: str) -> None:
    """Within three months of entry everybody is looked at again; who was not entitled is asked to be cancelled elsewhere."""
    due = EntitlementCheck.objects.current().filter(
        student__in=own_students(scene, StudentState.ACTIVE).filter(entry_batch__code=code),
        result=EntitlementCheck.Result.PENDING,
    )
    students = [one.student for one in due.select_related("student__institution").order_by("pk")]
    failing = scene.some("not entitled", NOT_ENTITLED, students)
    for student in students:
        result, findings = ("failed", "前置学历证书系伪造") if student in failing else ("passed", "")
        scene.tally.do(record_entitlement, student, result, findings, by=scene.cast.registrar)
