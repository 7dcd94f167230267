"""Admission notices go onto paper for a reason, counted like a list; many at once need a second person."""

import pytest
from django.urls import reverse

from common.dates import as_on
from common.masking import mask
from common.models import AuditEvent
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.models import Application
from enrollment.services import issue_notices
from exchange.models import Export
from learning_centers.services.rules import Setting, set_rule
from people.services.exporting import decide_export
from people.services.limits import Kind, shown_lately
from tests.applicants import a_place, an_application
from tests.builders import a_center, a_user, an_institution, day, the_system

pytestmark = pytest.mark.django_db
PRINT = ("admin.enter", "enrollment.view_applications", "enrollment.issue_notices", "people.ask_for_export")
REASON = {"reason": "letters to those admitted in March"}


@pytest.fixture
def notices():
    place = a_place(a_center(an_institution()), 2)
    admitted = [an_application(place.center_offering.center, Status.ACCEPTED) for _number in range(2)]
    with as_on(day("2026-03-01")):
        return issue_notices(admitted, on=day("2026-03-01"), by=the_system())


@pytest.fixture
def address(notices):
    return f"{reverse('admin:enrollment_application_notices')}?{'&'.join(f'row={one.public_id}' for one in notices)}"


def enter(client, username: str, *verbs: str):
    user = a_user(username, *verbs, at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def sheets(answer) -> int:
    return answer.content.decode().count("notice-sheet")


def test_they_are_printed_for_a_reason_and_counted(client, address, notices):
    clerk = enter(client, "clerk", *PRINT)
    assert sheets(client.get(address)) == 0
    assert sheets(client.post(address, {"reason": "work"})) == 0
    assert not Export.objects.exists()
    page = client.post(address, REASON)
    assert sheets(page) == 2
    assert (Export.objects.get().kind, Export.objects.get().status) == ("admission_notices", "printed")
    assert shown_lately(Kind.PRINTED, clerk) == 2
    assert AuditEvent.objects.get(verb="people.print_list").reason == REASON["reason"]


def test_candidate_numbers_are_whole_for_who_may_export_numbers(client, address, notices):
    number = Application.objects.get(pk=notices[0].pk).candidate_no
    enter(client, "clerk", *PRINT)
    masked = client.post(address, REASON).content.decode()
    assert number not in masked
    assert mask(number) in masked
    enter(client, "registrar", *PRINT, "people.export_numbers")
    assert number in client.post(address, REASON).content.decode()


def test_many_wait_for_a_second_person_who_lets_them_through(client, address, notices):
    set_rule(an_institution(), Setting("export_rows_alone", 1, "house rule"), by=the_system())
    enter(client, "clerk", *PRINT)
    assert sheets(client.post(address, REASON)) == 0
    client.post(address, REASON | {"as_file": "on"})
    asked = Export.objects.get()
    assert asked.status == "waiting"
    assert sheets(client.post(address, REASON)) == 0
    decide_export(asked, approves=True, by=a_user("second", "people.decide_export", at=an_institution()))
    assert sheets(client.post(address, REASON)) == 2
    assert Export.objects.get(status="printed").decided_by.username == "second"


def test_neither_without_the_right_nor_elsewhere(client, address):
    enter(client, "clerk", "admin.enter", "enrollment.view_applications", "enrollment.issue_notices")
    assert sheets(client.post(address, REASON)) == 0
    abroad = a_user("stranger", *PRINT, at=an_institution("10534", "湖南科技大学"))
    client.force_login(abroad, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address, REASON).status_code == 404
    assert not Export.objects.exists()
