"""Two people at the same moment: one brings a student to a centre, the other revokes it (docs/rules.md §2.8)."""

import pytest
from django.db import transaction

from common.dates import as_on
from enrollment.models import Student, StudentChange, StudentPeriod
from enrollment.records.services.future import withdraw_future_change
from enrollment.requests.services.cases import open_closing_case
from enrollment.services import (
    ChangeDraft,
    approve_request,
    record_change,
    register_student,
    reverse_change,
    revoke_center,
    waive_consent,
)
from learning_centers.models import CenterPeriod
from learning_centers.services import stop_intake
from tests.applicants import a_place, an_application
from tests.beside import Beside, one_after_the_other
from tests.builders import a_center, a_student, an_institution, day, the_system
from tests.enrollment.asking import a_registrar, asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
COMES, STOPS, TODAY, GONE = day("2025-12-01"), day("2026-01-01"), day("2026-02-01"), day("2026-04-01")


@pytest.fixture(autouse=True)
def _that_day():
    with as_on(TODAY):
        yield


@pytest.fixture
def closing():
    return a_center(an_institution(), "0104")


@pytest.fixture
def other():
    return a_center(an_institution(), "0102")


def registration(center, _other):
    a_place(center, 2, "2025-autumn")
    waiting = an_application(center, "checked_in", batch="2025-autumn")
    return lambda: register_student(waiting, on=TODAY, by=the_system())


def transfer_by_document(center, other):
    student = a_student(other)
    draft = ChangeDraft("change_center", COMES, reason="decided", new_center_id=center.pk)
    return lambda: record_change(student, draft, by=the_system())


def transfer_by_request(center, other):
    one = asked(a_student(other), "change_center", str(COMES), new_center_id=center.pk, by=a_registrar())
    for party in one.parties.filter(consent="waiting"):
        waive_consent(party, reason="never seen here", by=a_registrar())
    return lambda: approve_request(one, decision_no="1", decision_date=TODAY, by=a_registrar("second"))


def return_by_request(center, _other):
    """The request names no centre: the student comes back to where it was left."""
    one = asked(a_student(center, changes=(("withdraw", "2025-11-01"),)), "reinstate", str(COMES), by=a_registrar())
    return lambda: approve_request(one, decision_no="1", decision_date=TODAY, by=a_registrar("second"))


def return_by_reversal(center, other):
    a_student(center, changes=(("change_center", str(COMES), {"new_center_id": other.pk}),))
    document = StudentChange.objects.get()
    return lambda: reverse_change(document, decision_no="1", reason="wrong", by=the_system())


def stay_by_withdrawal(center, other):
    a_student(center, changes=(("change_center", "2026-03-01", {"new_center_id": other.pk}),))
    document = StudentChange.objects.get()
    return lambda: withdraw_future_change(document, reason="stays", by=the_system())


WAYS = {
    registration: "center_stopped_intake",
    transfer_by_document: "center_revoked",
    transfer_by_request: "center_revoked",
    return_by_request: "center_revoked",
    return_by_reversal: "center_revoked",
    stay_by_withdrawal: "center_revoked",
}


def revocation(center):
    stop_intake(center, on=STOPS, by=the_system())
    return lambda: revoke_center(center, on=GONE, by=the_system())


def students_at(center):
    return StudentPeriod.objects.current().filter(center=center, end=None).count()


@pytest.mark.parametrize("way", WAYS)
def test_a_centre_to_which_a_student_comes_just_now_is_not_revoked(closing, other, way):
    brings = way(closing, other)
    assert one_after_the_other(brings, revocation(closing)) == "center_has_students"
    assert (students_at(closing), closing_status(closing)) == (1, "stop_intake")


@pytest.mark.parametrize(("way", "code"), WAYS.items())
def test_nobody_comes_to_a_centre_that_is_revoked_just_now(closing, other, way, code):
    brings = way(closing, other)
    assert one_after_the_other(revocation(closing), brings) == code
    assert (students_at(closing), closing_status(closing)) == (0, "revoked")


def test_a_case_for_the_centre_and_a_change_of_its_student_do_not_wait_for_each_other(closing, other):
    student = a_student(closing)
    draft = ChangeDraft("suspend", COMES, reason="illness")
    beside = Beside(lambda: open_closing_case(closing, [other], on=GONE, reason="closes", by=the_system()))
    with transaction.atomic():
        Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
        beside.start()
        beside.until_it_waits()
        record_change(student, draft, by=the_system())
    beside.join()
    assert (beside.failure, beside.answer.kind) == (None, "close_center")


def closing_status(center):
    return CenterPeriod.objects.current().get(center=center, end=None).status
