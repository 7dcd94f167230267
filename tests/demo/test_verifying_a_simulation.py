"""The checks after a simulation find nothing in records that are right, and each finds the fault that it is for."""

import pytest

from demo.simulating.verifying import flow_faults, number_faults, place_faults, windows
from enrollment.models import AdmissionPlace, Student, StudentPeriod
from tests.builders import day

SPANS = windows(2025, 2026, day("2026-11-01"))


@pytest.mark.parametrize("name", ["cup", "hnust"])
def test_nothing_is_found_in_the_loaded_records(loaded, db, name):
    for faults in (flow_faults(loaded[name], SPANS), place_faults(loaded[name]), number_faults(loaded[name])):
        assert list(faults) == []


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
