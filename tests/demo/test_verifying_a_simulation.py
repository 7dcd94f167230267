"""The checks after a simulation find nothing in records that are right, and each finds the fault that it is for."""

from collections import Counter

import pytest
from django.db import transaction

from demo.simulating.occurring import what_occurred
from demo.simulating.verifying import (
    flow_faults,
    kind_faults,
    life_faults,
    number_faults,
    place_faults,
    projection_faults,
    request_faults,
    verify,
    windows,
)
from enrollment.admission.services.planning import plan_keys
from enrollment.models import AdmissionPlace, ChangeRequest, ProvincialPlan, Student, StudentPeriod
from tests.builders import a_center, a_student, an_institution, day
from tests.enrollment.asking import decided

pytestmark = pytest.mark.slow
SPANS = windows(2025, 2026, day("2026-11-01"))


@pytest.mark.parametrize("name", ["cup", "hnust"])
def test_nothing_is_found_in_the_loaded_records(loaded, db, name):
    checks = verify(loaded[name], Counter(), 2025, 2026, day("2026-11-01"))
    assert [fault for check in checks[:-2] for fault in check.faults] == []


def test_spans_are_calendar_and_school_years_up_to_the_last_day():
    assert windows(2025, 2025, day("2025-11-01")) == [
        (day("2024-12-31"), day("2025-11-01")),
        (day("2025-08-31"), day("2025-11-01")),
    ]


def test_a_lost_period_is_found(hnust):
    periods = StudentPeriod.objects.current().filter(institution=hnust, begin__gte=day("2025-03-01"))
    lost = periods.filter(begun_by="admission").first()
    StudentPeriod.objects.filter(pk=lost.pk).supersede(lost.recorded_in_id)
    assert any("from the documents" in fault for fault in flow_faults(hnust, SPANS))
    assert list(life_faults(hnust)) == [f"student {lost.student_id}: the periods are not what the documents say"]


def test_a_place_that_nobody_holds_is_found(hnust):
    place = AdmissionPlace.objects.filter(institution=hnust, taken__gt=0).first()
    AdmissionPlace.objects.filter(pk=place.pk).update(taken=place.taken - 1)
    (fault,) = place_faults(hnust)
    assert f"{place.taken - 1} taken, {place.taken} hold one" in fault


def test_a_number_of_two_persons_is_found(hnust):
    first, second = Student.objects.filter(institution=hnust)[:2]
    Student.objects.filter(pk=second.pk).update(student_no=first.student_no, superseded_in=first.recorded_in)
    (fault,) = number_faults(hnust)
    assert first.student_no in fault


def test_a_list_that_says_otherwise_is_found(hnust):
    student = Student.objects.filter(institution=hnust, current_state="active").first()
    Student.objects.filter(pk=student.pk).update(current_state="suspended")
    assert any(f"student {student.pk} " in fault for fault in projection_faults(hnust, day("2026-11-01")))


@pytest.mark.django_db
def test_an_approved_change_without_its_document_is_found():
    request = decided(a_student(a_center(an_institution())), "withdraw", "2026-03-10")
    assert list(request_faults(request.institution)) == []
    ChangeRequest.objects.filter(pk=request.pk).update(document=None)
    assert list(request_faults(request.institution)) == [f"request {request.public_id} was approved without a document"]


def test_more_places_than_the_province_allows_are_found(hnust):
    place = AdmissionPlace.objects.current().filter(institution=hnust, quota__gt=0).first()
    (key,) = plan_keys(AdmissionPlace.objects.filter(pk=place.pk))
    with transaction.atomic():
        ProvincialPlan.objects.create(
            institution=hnust, quota=0, recorded_in_id=place.recorded_in_id, **vars(key), source="planted"
        )
        (fault,) = place_faults(hnust)
        transaction.set_rollback(True)
    assert "0 allowed" in fault


def test_what_never_happened_is_a_fault_in_years_and_among_students_enough(hnust):
    occurred = what_occurred(hnust) | {"admission": 150}
    assert occurred["reverse"] == 0
    assert "never came to pass: reverse" in kind_faults(occurred, 5)
    assert list(kind_faults(occurred, 4)) == []
    assert list(kind_faults(occurred | {"admission": 149}, 5)) == []
