"""A student who has moved on leaves no paper behind; what the institution asks for is not a centre's to take back."""

import datetime as dt

import pytest
from django.urls import reverse

from common.dates import as_on, today
from enrollment.attachments.services.attachments import attach
from enrollment.duties.reports.waiting import waiting_at
from enrollment.models import Attachment, ChangeRequest
from enrollment.records.services.entering import ChangeDraft
from enrollment.records.services.future import project_students
from enrollment.services import RequestDraft, record_change, request_change, return_request, withdraw_request
from people.services.notices import users_holding
from tests.applicants import a_place, an_application
from tests.builders import a_student, the_system
from tests.enrollment.asking import decided, refused
from tests.portal.conftest import client_of
from tests.portal.test_asking_for_changes import a_file, ask


def move(student, center) -> None:
    draft = ChangeDraft("change_center", dt.date(2026, 6, 1), new_center_id=center.pk)
    record_change(student, draft, by=the_system())


@pytest.fixture
def registered(place):
    a_place(place.mine)
    a_place(place.theirs)
    return an_application(place.mine, "registered")


def pages_of(application):
    return [
        reverse("portal:application", args=[application.public_id]),
        reverse("portal:reveal_of_applicant", args=[application.public_id, "id_no"]),
        reverse("portal:attachment", args=[Attachment.objects.get().public_id]),
    ]


def test_the_application_of_who_has_moved_on_is_closed_to_the_old_centre(place, client, registered):
    Attachment.objects.create(
        institution=registered.institution, center=place.mine, application=registered, item="photo", name="a.jpg",
        content_type="image/jpeg", size=1, sha256="0" * 64, content=b"%", uploaded_by=the_system(),
    )  # fmt: skip
    listed = reverse("portal:applications")
    assert [client.get(url).status_code for url in pages_of(registered)] == [200, 200, 200]
    assert registered.name in client.get(listed).text
    move(registered.student, place.theirs)
    assert [client.get(url).status_code for url in pages_of(registered)] == [404, 404, 404]
    assert registered.name not in client.get(listed).text


def test_what_was_asked_for_here_goes_with_the_student(place, client):
    student = a_student(place.mine, name="王大伟")
    ask(client, student, "suspend", save="1", evidence=a_file())
    asked = ChangeRequest.objects.get()
    urls = [
        reverse("portal:request", args=[asked.public_id]),
        reverse("portal:attachment", args=[Attachment.objects.get().public_id]),
    ]
    assert [client.get(url).status_code for url in urls] == [200, 200]
    move(student, place.theirs)
    assert [client.get(url).status_code for url in urls] == [404, 404]
    assert "王大伟" not in client.get(reverse("portal:requests")).text


def test_an_approved_transfer_is_the_former_centres_until_it_has_begun(place, client):
    day = today(place.mine.institution) + dt.timedelta(days=40)
    student = a_student(place.mine)
    transfer = decided(student, "change_center", str(day), new_center_id=place.theirs.pk)
    page = reverse("portal:request", args=[transfer.public_id])
    assert client.get(page).status_code == 200
    with as_on(day):
        project_students(transfer.institution)
        assert client.get(page).status_code == 404


def test_the_first_page_counts_nothing_of_who_has_moved_on(place, client):
    student = a_student(place.mine)
    ask(client, student, "suspend", evidence=a_file())
    return_request(ChangeRequest.objects.get(), comment="another day", by=place.registrar)
    assert waiting_at([place.mine]).returned_requests == 1
    move(student, place.theirs)
    assert waiting_at([place.mine]).returned_requests == 0


def test_only_who_may_see_a_request_is_told_of_it(place, client):
    student = a_student(place.mine)
    ask(client, student, "suspend", evidence=a_file())
    asked = ChangeRequest.objects.get()
    told = [place.coordinator, place.registrar]
    assert list(users_holding("enrollment.request_change", asked).order_by("username")) == told
    move(student, place.theirs)
    assert list(users_holding("enrollment.request_change", asked)) == [place.registrar]


def test_a_centre_does_not_take_back_what_the_registrar_asked_for(place, client):
    student = a_student(place.mine)
    asked = request_change(
        student, RequestDraft("expel", dt.date(2026, 11, 1), reason="cheating"), save_only=True, by=place.registrar
    )
    page = reverse("portal:request", args=[asked.public_id])
    assert "Withdraw the request" not in client.get(page).text
    answer = client.post(
        reverse("portal:request_withdraw", args=[asked.public_id]), {"seen": asked.version}, follow=True
    )
    assert "The institution has asked for this" in answer.text
    with refused("asked_by_others"):
        attach(asked, "evidence", "a.pdf", b"%PDF-1.4", by=place.coordinator)
    asked.refresh_from_db()
    assert asked.status == "draft"
    assert withdraw_request(asked, by=place.registrar).status == "withdrawn"


def test_the_registrar_takes_back_what_a_centre_asked_for(place, client):
    ask(client, a_student(place.mine), "suspend", save="1")
    assert withdraw_request(ChangeRequest.objects.get(), by=place.registrar).status == "withdrawn"


def test_nothing_of_a_page_stays_in_the_browser(place):
    answer = client_of(place.coordinator).get(reverse("portal:home"))
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(("fact", "value"), [("entry_date", "2031-01-01"), ("prior_certificate_no", "1")])
def test_a_correction_is_judged_as_a_cell_of_a_file(place, client, fact, value):
    answer = ask(client, a_student(place.mine), "correct", fact=fact, new_value=value)
    assert answer.context["form"].errors


def test_nobody_dies_ahead(place, client):
    answer = ask(client, a_student(place.mine), "deceased", effective_date=(today() + dt.timedelta(days=1)).isoformat())
    assert "A death is not dated ahead." in answer.text
