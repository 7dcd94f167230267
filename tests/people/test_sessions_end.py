import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from ceportal.checks import sessions_end
from people.models import User
from tests.builders import a_user, an_institution

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
HOME = "/admin/"


@pytest.fixture
def user():
    return a_user("registrar", "admin.enter", "enrollment.view_students", at=an_institution())


@pytest.fixture
def client(user):
    return signed_in(user)


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def is_in(client):
    return client.get(HOME).status_code == 200


def test_a_session_ends_after_ten_hours_however_busy_it_is(user):
    with time_machine.travel(NOON) as clock:
        client = signed_in(user)
        for _each in range(29):
            assert is_in(client)
            clock.shift(dt.timedelta(minutes=20))
        assert is_in(client)
        clock.shift(dt.timedelta(minutes=21))
        answer = client.get(HOME)
        assert (answer.status_code, answer["Clear-Site-Data"]) == (302, '"storage"')
        assert not is_in(client)


def test_with_a_session_goes_what_the_browser_keeps(client):
    assert is_in(client)
    assert "Clear-Site-Data" not in client.get(HOME)
    assert client.post(reverse("admin:logout"))["Clear-Site-Data"] == '"storage"'


def test_an_idle_session_leaves_nothing_in_the_browser(user):
    with time_machine.travel(NOON) as clock:
        client = signed_in(user)
        client.get(HOME)
        clock.shift(dt.timedelta(minutes=31))
        assert client.get(HOME)["Clear-Site-Data"] == '"storage"'


def test_a_session_does_not_come_back_with_an_account_that_was_deactivated(client, user):
    assert is_in(client)
    User.objects.filter(pk=user.pk).update(is_active=False)
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert not is_in(client)
    assert is_in(signed_in(User.objects.get(pk=user.pk)))


def test_deactivations_are_counted_by_the_database_alone(user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    User.objects.filter(pk=user.pk).update(deactivations=0)
    user.is_active = True
    user.save()
    user.refresh_from_db()
    assert user.deactivations == 1


def test_a_password_that_was_changed_elsewhere_ends_the_session(client, user):
    assert is_in(client)
    user.set_password("Correct horse 9")
    user.save()
    assert not is_in(client)


def test_a_role_that_was_revoked_opens_nothing_any_more(client, user):
    assert is_in(client)
    user.memberships.all().delete()
    assert not is_in(client)


@pytest.mark.parametrize(
    ("name", "value"), [("SESSION_HOURS", 0), ("SESSION_HOURS", 25), ("IDLE_MINUTES", 0), ("IDLE_MINUTES", 121)]
)
def test_no_setting_lets_a_session_last_for_ever(settings, name, value):
    assert list(sessions_end(None)) == []
    setattr(settings, name, value)
    assert [error.msg.partition(" ")[0] for error in sessions_end(None)] == [name]
