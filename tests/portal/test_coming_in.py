"""One sign-in for everybody: it leads to where one works, in one's language, and refuses who has no door."""

import pytest
from django.test import Client
from django.urls import reverse

from common.ledger import recording
from exchange.models import Export
from learning_centers.models import LearningCenter
from people.models import Membership, Role
from tests.applicants import a_place
from tests.builders import a_center, a_student, a_user, an_institution, the_system
from tests.portal.conftest import PASSWORD, client_of


def sign_in(username: str, page: str = "portal:sign_in"):
    return Client().post(reverse(page), {"username": username, "password": PASSWORD}, follow=True)


@pytest.mark.parametrize("page", ["portal:sign_in", "admin:login"])
def test_each_lands_where_the_work_is(place, page):
    assert sign_in("mine", page).wsgi_request.path == reverse("portal:home")
    assert sign_in("registrar", page).wsgi_request.path == reverse("admin:index")


def test_a_coordinator_has_no_way_into_the_registrars_site(place):
    answer = client_of(place.coordinator).get(reverse("admin:index"), follow=True)
    assert answer.wsgi_request.path == reverse("portal:home")


def test_who_has_no_door_is_refused(db):
    a_user("nobody", "enrollment.view_students", at=an_institution())
    answer = sign_in("nobody")
    assert answer.context["form"].non_field_errors()
    assert not answer.wsgi_request.user.is_authenticated


def test_the_language_of_the_account_comes_along(place):
    place.coordinator.language = "zh-hans"
    place.coordinator.save()
    assert 'lang="zh-hans"' in sign_in("mine").text


def test_a_coordinator_of_two_centres_looks_at_one_or_all(place):
    role = Role.objects.get(memberships__user=place.coordinator)
    Membership.objects.create(
        user=place.coordinator, role=role, institution=place.theirs.institution, center=place.theirs
    )
    a_student(place.mine, name="王伟")
    a_student(place.theirs, name="李娜")
    client, students = client_of(place.coordinator), reverse("portal:students")
    assert all(name in client.get(students).text for name in ("王伟", "李娜"))
    client.post(reverse("portal:choose_center"), {"center": place.theirs.public_id})
    page = client.get(students).text
    assert "李娜" in page
    assert "王伟" not in page


def test_what_stands_open_in_one_window_outlives_a_choice_in_the_other(place):
    role = Role.objects.get(memberships__user=place.coordinator)
    Membership.objects.create(
        user=place.coordinator, role=role, institution=place.theirs.institution, center=place.theirs
    )
    student, free = a_student(place.mine, name="王伟"), a_place(place.mine, code="2027-spring")
    client = client_of(place.coordinator)
    client.post(reverse("portal:choose_center"), {"center": place.theirs.public_id})
    assert "王伟" in client.get(reverse("portal:student", args=[student.public_id])).text
    typed = {"place": free.pk, "id_type": "resident_id", "name": "李娜", "save": "1"}
    assert "李娜" in client.post(reverse("portal:application_new"), typed, follow=True).text
    assert "李娜" not in client.get(reverse("portal:applications")).text


def test_a_foreign_centre_cannot_be_chosen(place):
    client = client_of(place.coordinator)
    client.post(
        reverse("portal:choose_center"), {"center": place.theirs.public_id, "next": "https://elsewhere.example"}
    )
    a_student(place.theirs, name="李娜")
    assert "李娜" not in client.get(reverse("portal:students")).text


def test_a_part_of_a_page_is_no_place_for_a_sign_in(db):
    answer = Client().post(reverse("portal:judge_applicant"), headers={"hx-request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")


def test_a_coordinator_of_two_institutions_asks_for_a_batch_that_both_have(place, client):
    there = a_center(an_institution("10534", "科技大学"), "0202")
    held = place.coordinator.memberships.get()
    Membership.objects.create(
        user=place.coordinator, role=held.role, institution=there.institution, center=there, begin=held.begin
    )
    for center in (place.mine, there):
        a_student(center)
    said = {"center": place.mine.public_id, "states": ["active"], "batch": "2024-autumn", "reason": "exam"}
    assert client.post(reverse("portal:export_ask"), said).status_code == 302
    assert Export.objects.get().rows == 1


def test_who_has_no_centre_left_is_told_nothing_about_applicants(place, client):
    with recording(place.mine.institution, by=the_system(), reason="tests.gone") as entry:
        LearningCenter.objects.filter(pk=place.mine.pk).supersede(entry.id)
    assert client.post(reverse("portal:judge_applicant"), {"name": "王伟"}).status_code == 404


def test_a_form_from_before_the_sign_in_is_out_of_date_and_no_question_of_rights(place):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.force_login(place.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("portal:application_new"), {"name": "王伟"})
    assert answer.status_code == 403
    assert "This page is out of date" in answer.text
