"""Who guesses is locked out, by account and by address; whose account it is keeps the browser in daily use."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from ceportal.lockout import COOKIE
from tests.builders import TODAY, a_user, an_institution

pytestmark = pytest.mark.django_db
PASSWORD, LOCKED, IN, WRONG = "correct horse", 429, 302, 200
HERE, ELSEWHERE = "203.0.113.1", "203.0.113.2"


def sign_in(client, username="registrar", password=PASSWORD, address=HERE):
    page = reverse("portal:sign_in")
    return client.post(page, {"username": username, "password": password}, REMOTE_ADDR=address).status_code


def guess(count, username="registrar", address=HERE, client=None):
    return [sign_in(client or Client(), username, "wrong", address) for _each in range(count)]


@pytest.fixture
def registrar():
    return a_user("registrar", "admin.enter", at=an_institution())


@pytest.fixture
def own_browser(registrar):
    client = Client()
    assert sign_in(client) == IN
    client.cookies.pop("sessionid", None)
    return client


def test_five_guesses_lock_the_account_for_this_address(registrar):
    assert guess(6) == [WRONG] * 4 + [LOCKED] * 2
    assert sign_in(Client()) == LOCKED
    assert sign_in(Client(), address=ELSEWHERE) == IN


def test_guesses_from_many_addresses_lock_the_account_for_strangers(registrar):
    for number in range(5):
        guess(4, address=f"198.51.100.{number}")
    assert sign_in(Client(), address=ELSEWHERE) == LOCKED


def test_guesses_at_many_accounts_lock_the_address(registrar):
    for number in range(10):
        guess(4, f"user{number}")
    assert sign_in(Client()) == LOCKED
    assert sign_in(Client(), address=ELSEWHERE) == IN


def test_nobody_locks_a_registrar_out_of_the_own_browser(own_browser):
    for number in range(5):
        guess(5, address=f"198.51.100.{number}")
    guess(6)
    assert sign_in(Client(), address=ELSEWHERE) == LOCKED
    assert sign_in(own_browser) == IN


def test_the_own_browser_guesses_five_times_like_any_other(own_browser):
    assert guess(6, client=own_browser) == [WRONG] * 4 + [LOCKED] * 2
    assert sign_in(own_browser) == LOCKED
    assert sign_in(Client()) == IN, "and locks nobody else out"


def test_a_browser_is_known_for_the_accounts_that_signed_in_from_it_alone(own_browser):
    a_user("victim", "admin.enter", at=an_institution())
    guess(5, "victim")
    assert sign_in(own_browser, "victim") == LOCKED


def test_a_made_up_cookie_makes_no_browser_known(registrar):
    client = Client()
    for made_up in ("x.y", "", ".", f"{'a' * 32}.{'b' * 64}"):
        client.cookies[COOKIE] = made_up
        sign_in(client, password="wrong")
    assert sign_in(client, password="wrong") == LOCKED


def test_several_accounts_of_one_browser_are_all_known(own_browser):
    a_user("second", "admin.enter", at=an_institution())
    assert sign_in(own_browser, "second") == IN
    own_browser.cookies.pop("sessionid", None)
    guess(5)
    guess(5, "second")
    assert (sign_in(Client()), sign_in(own_browser)) == (LOCKED, IN)


@pytest.mark.parametrize("page", ["portal:password", "admin:password_change"])
def test_guesses_at_the_old_password_count_and_end_the_session(registrar, page):
    client = Client()
    client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
    said = {"old_password": "wrong", "new_password1": "Correct horse 9", "new_password2": "Correct horse 9"}
    answers = [client.post(reverse(page), said).status_code for _each in range(5)]
    assert answers == [WRONG] * 4 + [LOCKED]
    assert "_auth_user_id" not in client.session
    registrar.refresh_from_db()
    assert registrar.check_password(PASSWORD)


def test_after_a_quarter_of_an_hour_the_door_is_open_again(registrar):
    with time_machine.travel(TODAY) as clock:
        guess(5)
        clock.shift(dt.timedelta(minutes=16))
        assert sign_in(Client()) == IN
