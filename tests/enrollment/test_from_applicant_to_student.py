"""A person applies and becomes a student: draft, submission, acceptance, notice, check-in, registration (docs/rules.md §2.3)."""

import pytest

from common.dates import as_on
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.models import AdmissionPlace, ApplicationStep, EntitlementCheck, StudentPeriod, YearlyRegistration
from enrollment.services import (
    accept_application,
    check_in,
    issue_notices,
    register_student,
    start_application,
    submit_application,
)
from people.models import IdentityDocument
from tests.applicants import a_batch, a_draft, a_place, an_offering, checked
from tests.builders import a_center, a_user, an_institution, day, the_system

pytestmark = pytest.mark.django_db
FIRST = day("2026-03-01")


@pytest.fixture
def center():
    return a_center(an_institution())


def taken():
    return AdmissionPlace.objects.current().get().taken


def test_a_person_applies_and_becomes_a_student(center):
    a_place(center, 1)
    coordinator = a_user("li", "enrollment.enter_application", "enrollment.check_in", at=center)
    draft = a_draft()
    with as_on(day("2026-02-01")):
        one = start_application(an_offering(center), a_batch(center.institution), draft, by=coordinator)
        one = submit_application(one, seen=one.version, by=coordinator)
        assert taken() == 0
        one = accept_application(checked(one), by=the_system())
    assert (one.status, taken()) == (Status.ACCEPTED, 1)
    (one,) = issue_notices([one], on=day("2026-02-10"), by=the_system())
    assert one.notice_no == "20261-00001"
    one = check_in(one, on=day("2026-03-02"), by=coordinator)
    student = register_student(one, on=day("2026-03-03"), by=the_system())
    period = StudentPeriod.objects.current().get(student=student)
    assert (period.begin, period.begun_by, period.center_id, period.state) == (FIRST, "admission", center.pk, "active")
    assert (student.student_no, student.current_state, taken()) == ("2026121010001", "active", 1)
    assert IdentityDocument.objects.get(person=student.person).number == draft.id_no
    assert EntitlementCheck.objects.get(student=student).due_on == day("2026-06-01")
    assert YearlyRegistration.objects.get(student=student).school_year == 2025
    steps = [step.verb.removeprefix("enrollment.") for step in ApplicationStep.objects.filter(application=one)]
    assert steps == [
        "start_application", "submit_application", "check_application", "verify_prior", "accept_application",
        "issue_notices", "check_in", "register_student",
    ]  # fmt: skip
