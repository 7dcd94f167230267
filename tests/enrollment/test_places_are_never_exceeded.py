"""Admission places under any number of hands: never exceeded, never lost, never more than the province's plan
(docs/rules.md §2.3)."""

import threading
from collections import Counter
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from common.dates import as_on
from common.errors import DomainError
from common.ledger import recording
from enrollment.admission.models.applications import HOLDING
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.models import AdmissionPlace, Application, ProvincialPlan
from enrollment.services import (
    accept_application,
    move_center,
    register_student,
    set_places,
    set_provincial_plan,
    submit_application,
    withdraw_application,
)
from learning_centers.models import Major
from learning_centers.services import Place
from tests.applicants import a_batch, a_draft, a_place, an_application, an_offering, checked
from tests.builders import a_center, a_version, an_institution, day, the_system

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FIRST = day("2026-03-01")


@pytest.fixture
def center():
    return a_center(an_institution())


def at_once(*works):
    """Do all of this at the same time, each with a connection of its own; returns the refusals' codes."""
    start, codes, failures = threading.Barrier(len(works)), Counter(), []

    def run(work):
        try:
            start.wait()
            with as_on(FIRST):
                work()
        except DomainError as refusal:
            codes[refusal.code] += 1
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    return codes


def place():
    return AdmissionPlace.objects.current().get()


def holding():
    return Application.objects.filter(status__in=HOLDING).count()


def test_the_last_places_go_to_as_many_as_there_are(center):
    a_place(center, 3)
    waiting = [checked(an_application(center)) for _ in range(8)]
    codes = at_once(*(lambda one=one: accept_application(one, by=the_system()) for one in waiting))
    assert codes == {"quota_exceeded": 5}
    assert (place().taken, holding()) == (3, 3)


def test_an_application_accepted_twice_at_once_holds_one_place(center):
    a_place(center, 3)
    one = checked(an_application(center))
    codes = at_once(*(lambda: accept_application(one, by=the_system()) for _ in range(4)))
    assert codes == {"move_not_possible": 3}
    assert (place().taken, holding()) == (1, 1)


def test_places_taken_while_the_plan_is_revised_are_counted_on_the_new_row(center):
    a_place(center, 20)
    offering, batch = an_offering(center), a_batch(center.institution)
    waiting = [checked(an_application(center)) for _ in range(6)]
    leaving = [an_application(center, Status.ACCEPTED) for _ in range(3)]
    codes = at_once(
        *(lambda one=one: accept_application(one, by=the_system()) for one in waiting),
        *(lambda one=one: withdraw_application(one, reason_code="own_wish", by=the_system()) for one in leaving),
        *(lambda quota=quota: set_places(batch, offering, quota, by=the_system()) for quota in (21, 22, 23, 24)),
    )
    assert not codes
    assert (place().taken, holding()) == (6, 6)
    assert AdmissionPlace.objects.count() == 5


def test_the_database_counts_nothing_on_a_row_that_was_replaced(center):
    old = a_place(center, 5)
    set_places(a_batch(center.institution), an_offering(center), 6, by=the_system())
    with pytest.raises(IntegrityError, match="counted on the row"):
        AdmissionPlace.objects.filter(pk=old.pk).update(taken=1)


def test_one_person_handed_in_twice_at_once_is_handed_in_once(center):
    draft = a_draft()
    drafts = [
        an_application(center, Status.DRAFT, draft=replace(draft, candidate_no=f"2643010000000{n}")) for n in range(4)
    ]
    codes = at_once(*(lambda one=one: submit_application(one, by=the_system()) for one in drafts))
    assert codes == {"application_twice": 3}
    assert Application.objects.waiting().count() == 1


def test_registering_at_once_numbers_without_gap_or_double(center):
    a_place(center, 6)
    ready = [an_application(center, Status.CHECKED_IN) for _ in range(6)]
    numbers = []
    codes = at_once(
        *(lambda one=one: numbers.append(register_student(one, on=FIRST, by=the_system()).student_no) for one in ready)
    )
    assert not codes
    assert sorted(numbers) == [f"202612101{serial:04}" for serial in range(1, 7)]
    assert (place().taken, holding()) == (6, 0)


def provincial_plan(quota, institution=None):
    institution = institution or an_institution()
    major = Major.objects.current().get(institution=institution, code="081502")
    terms = (a_batch(institution), "430000", major, "jc_to_ba", "part_time", quota)
    return set_provincial_plan(*terms, by=the_system())


def two_centers():
    institution = an_institution()
    return [a_center(institution, code) for code in ("0101", "0102")]


def test_two_centres_never_get_more_than_their_province():
    first, second = two_centers()
    provincial_plan(100)
    batch = a_batch(first.institution)
    offerings = [an_offering(center) for center in (first, second)]
    codes = at_once(*(lambda one=one: set_places(batch, one, 60, by=the_system()) for one in offerings))
    assert codes == {"plan_exceeded": 1}
    assert place().quota == 60


def test_a_plan_that_comes_at_the_same_time_as_the_places_still_holds():
    first, _second = two_centers()
    batch, offering = a_batch(first.institution), an_offering(first)
    codes = at_once(lambda: set_places(batch, offering, 60, by=the_system()), lambda: provincial_plan(50))
    assert codes == {"plan_exceeded": 1}


def test_a_centre_that_moves_here_while_it_is_given_places_still_fits_the_plan():
    moving = a_center(an_institution(), "0101", province="440000")
    a_place(moving, 1)
    provincial_plan(50)
    batch, offering = a_batch(moving.institution), an_offering(moving)
    codes = at_once(
        lambda: set_places(batch, offering, 60, by=the_system()),
        lambda: move_center(moving, Place(province_code="430000"), on=batch.starts_on, by=the_system()),
    )
    assert codes == {"plan_exceeded": 1}


def test_a_plan_may_not_fall_below_its_centres():
    first, second = two_centers()
    for center in (first, second):
        a_place(center, 40)
    with pytest.raises(DomainError) as refused:
        provincial_plan(79)
    assert refused.value.code == "plan_exceeded"
    provincial_plan(80)
    provincial_plan(90)
    assert ProvincialPlan.objects.current().get().quota == 90
    with pytest.raises(DomainError):
        set_places(a_batch(first.institution), an_offering(first), 51, by=the_system())


def test_a_plan_counts_its_own_province_major_path_and_form_alone():
    institution = an_institution()
    elsewhere = a_center(institution, "0199", province="440000")
    here = a_center(institution, "0101", majors=("081502", "081503"))
    a_version(institution, "081502", "sec_to_ba")
    provincial_plan(10)
    a_place(elsewhere, 50)
    a_place(here, 50, major="081503")
    a_place(here, 50, level_path="sec_to_ba")
    a_place(here, 50, code="2026-autumn")
    a_place(here, 10)


def test_the_database_itself_refuses_places_beyond_the_plan(center):
    provincial_plan(10)
    row = a_place(center, 10)
    with pytest.raises(IntegrityError, match="provincial plan has 10"), transaction.atomic():
        AdmissionPlace.objects.filter(pk=row.pk).update(quota=11)
    with pytest.raises(IntegrityError, match="add up to 10"):
        shrink_plan(center.institution)


def shrink_plan(institution):
    plan = ProvincialPlan.objects.get()
    with recording(institution, by=the_system(), reason="tests.plan") as entry:
        ProvincialPlan.objects.filter(pk=plan.pk).supersede(entry.id)
        plan.pk, plan.quota, plan.recorded_in_id = None, 9, entry.id
        plan.save(force_insert=True)
