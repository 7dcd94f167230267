"""A person is seen where a line of work holds a place of theirs today: at the centre of each enrolment, and nowhere before."""

import datetime as dt
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from common.dates import as_on
from common.ledger import recording
from enrollment.models import Student
from enrollment.records.services.future import project_students
from enrollment.records.services.student_places import LINE, drop_student_places, renew_student_places
from learning_centers.models import Organization
from people.models import Contact, IdentityDocument, Person, PersonFacts, PersonPlace
from people.services.notices import users_holding
from tests.builders import a_center, a_school, a_student, a_user, an_institution, day, serial, the_system
from tests.enrollment.asking import decided

pytestmark = pytest.mark.django_db
VIEW = "people.view_persons"
NEXT_MONTH = dt.date(2026, 12, 20)
OF_A_PERSON = (Person, PersonFacts, IdentityDocument, Contact)
backfill = import_module("enrollment.migrations.0015_places_of_persons")


@pytest.fixture(autouse=True)
def the_day():
    with as_on(dt.date(2026, 11, 21)):
        yield


@pytest.fixture
def center():
    return a_center(an_institution(), "0101")


@pytest.fixture
def other():
    return a_center(an_institution(), "0102")


def a_partner(institution, name="客户公司"):
    with recording(institution, by=the_system(), reason="tests.build") as entry:
        return Organization.objects.create(institution=institution, name=name, recorded_in_id=entry.id)


def sees(place, person):
    user = a_user(f"{next(serial)}", VIEW, at=place)
    return Person.objects.visible_to(user).filter(pk=person.pk).exists()


def spans(student):
    rows = PersonPlace.objects.filter(line=LINE, subject=student.pk).order_by("begin")
    return [(row.center.code, str(row.begin), row.end and str(row.end)) for row in rows]


def moved(other, on="2026-05-01"):
    return ("change_center", on, {"new_center_id": other.pk})


def a_place(person, **values):
    usual = {"institution": person.institution, "line": "training", "subject": 1, "begin": day("2026-01-01")}
    return PersonPlace.objects.create(person=person, **usual | values)


def test_who_enters_is_seen_at_their_centre_alone(center, other):
    student = a_student(center, entered="2024-09-01")
    assert spans(student) == [("0101", "2024-09-01", None)]
    assert sees(center, student.person)
    assert not sees(other, student.person)


def test_who_moved_is_seen_where_they_are_and_no_longer_where_they_were(center, other):
    student = a_student(center, changes=(moved(other),), entered="2024-09-01")
    assert spans(student) == [("0101", "2024-09-01", "2026-05-01"), ("0102", "2026-05-01", None)]
    assert (sees(center, student.person), sees(other, student.person)) == (False, True)


def test_a_move_that_is_decided_ahead_shows_nobody_before_its_day(center, other):
    student = a_student(center, entered="2026-09-01")
    decided(student, "change_center", NEXT_MONTH.isoformat(), new_center_id=other.pk)
    assert spans(student) == [("0101", "2026-09-01", None)]
    with as_on(NEXT_MONTH):
        project_students(student.institution)
    assert spans(student) == [("0101", "2026-09-01", "2026-12-20"), ("0102", "2026-12-20", None)]


def test_who_has_left_stays_seen_where_they_left_from(center):
    student = a_student(center, entered="2024-09-01", changes=(("withdraw", "2025-05-05"),))
    assert spans(student) == [("0101", "2024-09-01", None)]


def test_who_came_back_has_been_there_twice(center, other):
    student = a_student(center, entered="2024-09-01", changes=(moved(other, "2025-03-01"), moved(center)))
    assert [code for code, _begin, _end in spans(student)] == ["0101", "0102", "0101"]
    assert (sees(center, student.person), sees(other, student.person)) == (True, False)


def test_two_enrolments_of_one_person_are_seen_at_both_places(center, other):
    number = "11010119900307803X"
    first = a_student(center, id_no=number)
    second = a_student(other, id_no=number)
    assert first.person == second.person
    assert (sees(center, first.person), sees(other, first.person)) == (True, True)


def test_nobody_is_seen_by_a_student_who_was_taken_back(center):
    student = a_student(center)
    with recording(center.institution, by=the_system(), reason="tests.undo") as entry:
        Student.objects.filter(pk=student.pk).update(superseded_in_id=entry.id)
        drop_student_places(entry.id)
    assert spans(student) == []


def test_writing_again_changes_nothing(center, other):
    from_here = a_student(center, changes=(moved(other),))
    before = list(PersonPlace.objects.order_by("pk").values_list())
    project_students(from_here.institution, dt.date(2026, 11, 22))
    renew_student_places({})
    assert list(PersonPlace.objects.order_by("pk").values_list()) == before


def test_what_was_stored_before_gets_the_rows_that_the_services_write(center, other):
    a_student(center)
    a_student(center, changes=(moved(other), moved(center, "2026-08-01")))
    a_student(other, changes=(("suspend", "2025-03-01"), ("withdraw", "2026-01-05")))
    decided(a_student(center), "change_center", NEXT_MONTH.isoformat(), new_center_id=other.pk)
    written = set(PersonPlace.objects.values_list("person", "subject", "center", "begin", "end"))
    PersonPlace.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(backfill.WRITE_PLACES)
    assert set(PersonPlace.objects.values_list("person", "subject", "center", "begin", "end")) == written


@pytest.mark.parametrize("model", OF_A_PERSON)
def test_another_line_shows_a_person_to_a_partner_and_a_school_until_it_ends(center, model):
    person, partner = a_student(center).person, a_partner(center.institution)
    stranger = a_partner(center.institution, "别的公司")
    Contact.objects.create(
        institution=person.institution,
        person=person,
        kind="phone",
        value="13800000000",
        recorded_in_id=person.recorded_in_id,
    )
    of_another = a_school(center.institution, "S9", "另一学院")
    place = a_place(person, partner=partner)
    a_place(person, school=of_another, subject=2)
    users = [a_user(f"at {one}", VIEW, at=one) for one in (partner, of_another, stranger)]
    assert [model.objects.visible_to(user).count() for user in users] == [1, 1, 0]
    assert set(users_holding(VIEW, person)) == set(users[:2])
    PersonPlace.objects.filter(pk=place.pk).update(end=day("2026-02-01"))
    assert [model.objects.visible_to(user).count() for user in users] == [0, 1, 0]


def refused(name, **values):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        a_place(**values)


def test_the_table_refuses_what_is_no_place(center):
    person, foreign = a_student(center).person, a_center(an_institution("10534", "湖南科技大学"), "0901")
    refused("person_place_is_one_place", person=person)
    refused("person_place_is_one_place", person=person, center=center, school=center.school)
    refused("person_place_in_order", person=person, center=center, end=day("2026-01-01"))
    refused("personplace_center_id_same_institution", person=person, center=foreign)
    refused("personplace_person_id_same_institution", person=person, center=foreign, institution=foreign.institution)
    a_place(person, center=center)
    refused("person_place_held_once", person=person, center=center, begin=day("2026-02-01"))
