"""Lists and record pages of persons are counted for whoever is shown them, and stop at the limit of an hour."""

import pytest
from django.contrib import admin
from django.urls import reverse

from common.admin.scoped import ScopedAdmin
from common.models import AuditEvent
from common.showing import tells_of_a_person
from enrollment.models import Student, StudentPeriod
from learning_centers.models import LearningCenter
from learning_centers.services.rules import Setting, set_rule
from people.models import Disclosure, Notice
from people.rules import LISTED_AT_LEAST
from people.services.limits import Kind, shown_lately
from tests.access.rights import ALL_VERBS
from tests.builders import a_center, a_student, a_user, an_institution, the_system

pytestmark = pytest.mark.django_db
LIST = "admin:enrollment_student_changelist"


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def reader(center, client):
    user = a_user("reader", *ALL_VERBS, at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def seen(user, amount: int) -> None:
    """What was shown to the user on other pages."""
    Disclosure.objects.create(user=user, kind=Kind.LISTED, amount=amount, page="another")


def test_rows_of_a_list_and_a_record_count_and_the_same_page_counts_once(reader, center, client):
    students = [a_student(center) for _number in range(3)]
    for _time in range(2):
        client.get(reverse(LIST))
    assert shown_lately(Kind.LISTED, reader) == 3
    client.get(reverse(LIST), {"p": "1", "state": "active"})
    assert shown_lately(Kind.LISTED, reader) == 6
    public_id = Student.objects.get(pk=students[0].pk).public_id
    client.get(reverse("admin:enrollment_student_change", args=[public_id]))
    assert shown_lately(Kind.LISTED, reader) == 7


def test_lists_without_persons_do_not_count(reader, center, client):
    client.get(reverse("admin:learning_centers_learningcenter_changelist"))
    client.get(reverse("admin:learning_centers_learningcenter_change", args=[center.public_id]))
    assert not Disclosure.objects.exists()


def test_at_the_limit_the_page_stays_shut_and_the_auditor_is_told(reader, center, client):
    a_user("auditor", "common.view_trail", at=an_institution())
    a_student(center, name="欧阳甲乙")
    set_rule(an_institution(), Setting("listed_per_hour", LISTED_AT_LEAST, "house rule"), by=the_system())
    client.get(reverse(LIST))
    seen(reader, LISTED_AT_LEAST)
    answer = client.get(reverse(LIST), {"state": "active"})
    assert answer.status_code == 429
    assert "欧阳甲乙" not in answer.content.decode()
    assert Notice.objects.filter(kind="limit_reached", user__username="auditor").count() == 1
    assert AuditEvent.objects.get(verb="people.reach_limit").detail == {"kind": "listed"}
    assert client.get(reverse(LIST)).status_code == 200  # what was seen stays open


def test_a_refused_page_is_not_counted(reader, center, client):
    a_student(center)
    seen(reader, 3000)
    assert client.get(reverse(LIST)).status_code == 429
    assert shown_lately(Kind.LISTED, reader) == 3000


def test_centres_of_the_portal_are_different_pages(client):
    centers = [a_center(an_institution(), code) for code in ("0101", "0102")]
    for one in centers:
        a_student(one)
    user = a_user("coordinator", "portal.enter", "enrollment.view_students", at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for number, one in enumerate(LearningCenter.objects.filter(pk__in=[one.pk for one in centers]), start=1):
        client.post(reverse("portal:choose_center"), {"center": one.public_id})
        client.get(reverse("portal:students"))
        assert shown_lately(Kind.LISTED, user) == number


def test_every_model_that_points_to_a_student_tells_of_a_person():
    assert tells_of_a_person(Student)
    assert tells_of_a_person(StudentPeriod)
    assert not tells_of_a_person(LearningCenter)


@pytest.mark.parametrize(
    "model", [one for one in admin.site._registry if tells_of_a_person(one)], ids=lambda one: one.__name__
)
def test_every_list_that_tells_of_persons_goes_by_the_base_that_counts(model):
    page = type(admin.site._registry[model])
    assert issubclass(page, ScopedAdmin)
    assert page.row_or_404 is ScopedAdmin.row_or_404
