import datetime as dt

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from people.models import PasswordUsed
from tests.builders import a_center, a_user, an_institution

pytestmark = pytest.mark.django_db
GOOD = "Correct horse 7"


def refused(password: str, user=None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        return {error.code for error in refusal.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Short 7!", "password_too_short"),
        ("correct horse", "password_too_plain"),
        ("correcthorse77", "password_too_plain"),
        ("CORRECTHORSE7", "password_too_plain"),
        ("继续教育学院管理员", "password_too_short"),
        ("继续教育学院管理员密码", "password_too_plain"),
    ],
)
def test_short_and_plain_ones_are_refused(password, code):
    assert code in refused(password)


@pytest.mark.parametrize(
    "password", [GOOD, "Correcthorse7", "correct horse 7", "CORRECT-HORSE-7", "继续教育Correct学院"]
)
def test_three_kinds_of_characters_are_enough(password):
    assert refused(password) == set()


def test_none_of_the_last_five_comes_back_and_the_sixth_may():
    user = a_user("clerk")
    for number in range(6):
        user.set_password(f"{GOOD}{number}")
        user.save()
    assert [refused(f"{GOOD}{number}", user) for number in range(6)] == [set(), *[{"password_used_lately"}] * 5]
    assert PasswordUsed.objects.filter(user=user).count() == 5


def test_what_others_use_does_not_matter():
    for name in ("one", "other"):
        user = a_user(name)
        user.set_password(GOOD)
        user.save()
    assert refused(GOOD, a_user("third")) == set()


def test_the_page_says_why(client):
    clerk = a_user("clerk", "admin.enter", at=an_institution())
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    told = {"old_password": "correct horse", "new_password1": "correct horse", "new_password2": "correct horse"}
    page = client.post(reverse("admin:password_change"), told).content.decode()
    assert "must mix at least 3 of these" in page
    assert "must differ from the last 5" in page
    told |= {"new_password1": GOOD, "new_password2": GOOD}
    assert client.post(reverse("admin:password_change"), told).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password(GOOD)


@pytest.mark.parametrize(("right", "page"), [("admin.enter", "admin:index"), ("portal.enter", "portal:home")])
def test_an_old_password_is_changed_before_anything_else(client, right, page):
    home = an_institution()
    clerk = a_user("clerk", right, at=home if right == "admin.enter" else a_center(home))
    PasswordUsed.objects.update(at=timezone.now() - dt.timedelta(days=91))
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    change = reverse("portal:password" if right == "portal.enter" else "admin:password_change")
    assert client.get(reverse(page)).url == change
    assert client.get(reverse(page), headers={"HX-Request": "true"})["HX-Redirect"] == change
    assert "older than 90 days" in client.get(change).content.decode()
    client.post(change, {"old_password": "correct horse", "new_password1": GOOD, "new_password2": GOOD})
    assert client.get(reverse(page)).status_code == 200


def test_a_house_may_let_passwords_grow_old(client, settings):
    settings.PASSWORD_DAYS = 0
    clerk = a_user("clerk", "admin.enter", at=an_institution())
    PasswordUsed.objects.update(at=timezone.now() - dt.timedelta(days=900))
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("admin:index")).status_code == 200
