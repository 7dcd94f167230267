"""A new site: nothing is there but the tables, and two commands lead to an administrator who opens accounts in the browser."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from common.models import AuditEvent
from learning_centers.models import Institution
from people.models import Membership, User
from tests.builders import a_center, an_institution

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().strip()


def test_two_commands_lead_to_the_choice_of_a_password_and_then_to_the_accounts(client):
    run("found_institution", "10534", "湖南科技大学", "--identifier", "4143010534")
    told = run("add_user", "head", "--institution", "10534", "--name", "李主任")
    client.post(reverse("admin:login"), {"username": "head", "password": told.removeprefix("head: ")})
    assert client.get(reverse("admin:index")).url == reverse("admin:password_change")
    chosen = {"new_password1": "Correct horse 7", "new_password2": "Correct horse 7"}
    client.post(reverse("admin:password_change"), {"old_password": told.removeprefix("head: "), **chosen})
    assert client.get(reverse("admin:people_user_add")).status_code == 200
    home = Institution.objects.get(code="10534")
    assert home.schools.get().name == "湖南科技大学"
    assert set(AuditEvent.objects.filter(institution=home).values_list("verb", flat=True)) >= {
        "learning_centers.found_institution", "people.add_user", "people.add_membership",
    }  # fmt: skip


def test_a_coordinator_belongs_to_a_centre():
    center = a_center(an_institution(), "0101")
    with pytest.raises(CommandError, match="every centre"):
        run("add_user", "wang", "--institution", "11414", "--role", "coordinator")
    assert not User.objects.filter(username="wang").exists()
    run("add_user", "wang", "--institution", "11414", "--role", "coordinator", "--center", "0101")
    assert Membership.objects.get(user__username="wang").center == center


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add_user", "head", "--institution", "99999"), "99999"),
        (("add_user", "head", "--institution", "11414", "--role", "emperor"), "emperor"),
        (("add_user", "head of all", "--institution", "11414"), "username"),
        (("add_user", "known", "--institution", "11414"), "already"),
        (("found_institution", "1141", "石油大学"), "Five digits"),
        (("found_institution", "11414", "石油大学"), "exists already"),
        (("found_institution", "10003", "清华大学", "--identifier", "4143010534"), "does not belong"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_made(words, told):
    an_institution()
    User.objects.create_user("known")
    with pytest.raises(CommandError, match=told):
        run(*words)
    assert (Institution.objects.count(), Membership.objects.count()) == (1, 0)
