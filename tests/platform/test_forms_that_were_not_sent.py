"""What somebody has typed is there again after a sign-out or a lost line: for its author alone, until the form has arrived."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from people.models import UnsentForm
from people.services.roles import shipped_roles
from people.services.unsent import MOST_FORMS, forget_old_unsent, keep_unsent, unsent_at
from tests.builders import a_center, a_student, a_user, an_institution
from tests.stored import stored

pytestmark = pytest.mark.django_db
TYPED = {"effective_date": "2026-12-01", "reason": "母亲病重，需回乡照料"}


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def coordinator(center):
    return a_user("coordinator", *shipped_roles()["coordinator"]["verbs"], at=center)


@pytest.fixture
def form(center):
    return reverse("portal:request_new", args=[a_student(center).public_id, "suspend"])


def a_browser(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def tell(browser: Client, address: str, **said) -> int:
    return browser.post(reverse("keep_unsent"), {"unsent-address": address, **said}).status_code


def test_what_is_typed_is_kept_sealed_and_stands_in_the_form_again(coordinator, form):
    assert tell(a_browser(coordinator), form, **TYPED, csrfmiddlewaretoken="x") == 204
    kept = UnsentForm.objects.get()
    assert TYPED["reason"].encode() not in stored(kept, "values")
    page = a_browser(coordinator).get(form).content.decode()
    assert "unsent-values" in page
    assert "\\u6bcd\\u4eb2" in page or TYPED["reason"] in page


def test_nobody_else_reads_it_at_the_same_address(center, coordinator, form):
    tell(a_browser(coordinator), form, **TYPED)
    colleague = a_user("colleague", *shipped_roles()["coordinator"]["verbs"], at=center)
    assert "unsent-values" not in a_browser(colleague).get(form).content.decode()
    assert unsent_at(colleague, form) == []
    tell(a_browser(colleague), form, **{"unsent-discard": "1"})
    assert unsent_at(coordinator, form)


def test_a_form_sent_after_an_idle_time_is_not_lost(settings, coordinator, form):
    with time_machine.travel(dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC), tick=False) as clock:
        browser = a_browser(coordinator)
        browser.get(form)
        clock.shift(settings.IDLE_MINUTES * 60 + 60)
        answer = browser.post(form, TYPED)
        assert answer.status_code == 302
        assert form in answer.url, "after signing in the form is shown again"
        assert ["reason", TYPED["reason"]] in unsent_at(coordinator, form)


def test_what_has_arrived_is_forgotten(coordinator, form):
    browser = a_browser(coordinator)
    tell(browser, form, **TYPED)
    refused = browser.post(form, {"effective_date": ""})
    assert refused.status_code == 200
    assert unsent_at(coordinator, form)
    answer = browser.post(form, {**TYPED, "reason_code": "illness", "save": "1"})
    assert answer.status_code == 302
    assert unsent_at(coordinator, form) == []


def test_passwords_tokens_files_and_foreign_addresses_are_not_kept(coordinator, form):
    browser = a_browser(coordinator)
    tell(browser, form, seen="3", token="t", new_password1="Secret horse 9")
    assert not UnsentForm.objects.exists()
    assert tell(browser, "/nowhere/", **TYPED) == 404
    assert tell(browser, reverse("portal:request_withdraw", args=[uuid.uuid4()]), **TYPED) == 404
    assert tell(Client(), form, **TYPED) == 404
    assert tell(browser, form, reason="长" * 200_000) == 204
    assert not UnsentForm.objects.exists()


def test_old_ones_and_the_oldest_of_too_many_go(coordinator):
    for number in range(MOST_FORMS + 2):
        keep_unsent(coordinator, f"/portal/{number}/", [("reason", "x")])
    assert UnsentForm.objects.count() == MOST_FORMS
    assert unsent_at(coordinator, "/portal/0/") == []
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=4)):
        assert forget_old_unsent() == MOST_FORMS
