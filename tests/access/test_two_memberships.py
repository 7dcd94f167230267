"""Whoever works at two places has at each of them the rights of the role there, and no other."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from common.access import can, require
from common.errors import NotAllowed
from enrollment.models import Student
from people.models import Membership, Role
from tests.applicants import a_place, an_application
from tests.builders import a_center, a_student, a_user, an_institution, day

pytestmark = pytest.mark.django_db
LOOKS, ACTS = "enrollment.view_students", "enrollment.record_change"


@pytest.fixture
def here():
    return a_center(an_institution(), "0101")


@pytest.fixture
def there():
    return a_center(an_institution(), "0102")


def also_at(user, center, *verbs):
    role = Role.objects.create(code=f"also-{center.code}", name="also", verbs=list(verbs))
    terms = {"institution": center.institution, "center": center, "begin": day("2000-01-01")}
    Membership.objects.create(user=user, role=role, **terms)


def test_a_right_at_one_place_is_none_at_the_other(here, there):
    user = a_user("commuter", LOOKS, at=here)
    also_at(user, there, LOOKS, ACTS)
    at_home, away = a_student(here), a_student(there)
    assert set(Student.objects.visible_to(user)) == set(Student.objects.visible_to(user, LOOKS)) == {at_home, away}
    assert set(Student.objects.visible_to(user, ACTS)) == {away}
    assert (can(user, ACTS), can(user, ACTS, away), can(user, ACTS, at_home)) == (True, True, False)
    require(user, ACTS, away)
    with pytest.raises(NotAllowed):
        require(user, ACTS, at_home)


def test_many_rows_are_acted_upon_where_the_right_is_held(here, there):
    for center in (here, there):
        a_place(center)
    looks = ("admin.enter", "enrollment.view_applications")
    user = a_user("commuter", *looks, at=here)
    also_at(user, there, *looks, "enrollment.accept_application")
    at_home, away = an_application(here), an_application(there)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    page = reverse("admin:enrollment_application_many_accept")
    assert client.get(f"{page}?row={at_home.public_id}").status_code == 404
    both = client.get(f"{page}?row={at_home.public_id}&row={away.public_id}")
    assert both.context["rows"] == [away]


def test_a_page_offers_what_may_be_done_to_this_row(here, there):
    for center in (here, there):
        a_place(center)
    looks = ("admin.enter", "enrollment.view_applications")
    user = a_user("commuter", *looks, at=here)
    also_at(user, there, *looks, "enrollment.reject_application")
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    offered = {}
    for center in (here, there):
        row = an_application(center)
        page = client.get(reverse("admin:enrollment_application_change", args=[row.public_id]))
        reject = reverse("admin:enrollment_application_reject", args=[row.public_id])
        offered[center] = (reject in page.text, client.get(reject).status_code)
    assert offered == {here: (False, 404), there: (True, 200)}


def test_a_change_is_asked_for_on_the_page_of_whom_one_may_ask_it_for(here, there):
    looks = ("admin.enter", LOOKS)
    user = a_user("commuter", *looks, at=here)
    also_at(user, there, *looks, "enrollment.request_change")
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    asking = reverse("admin:enrollment_student_many_ask")
    offered = {
        center: asking
        in client.get(reverse("admin:enrollment_student_change", args=[a_student(center).public_id])).text
        for center in (here, there)
    }
    assert offered == {here: False, there: True}
