"""Guesses at passwords, sessions that should be over, searches of others, sealed values in other rows."""

from urllib.parse import parse_qs, urlsplit

from axes.models import AccessAttempt
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction

from common.resealing import without_triggers
from people.models import IdentityDocument, User
from tests.security.site import PASSWORD, SIGN_IN, AttackSucceeded, Browser, Site

NUMBER = "1.8"
NAME = "lockout and sessions"
STUDENTS = "/admin/enrollment/student/"


def run(site: Site) -> int:
    before = site.requests
    lock_a_registrar_out(site)
    guess_the_old_password(site)
    outlive_a_deactivation(site)
    open_the_search_of_another(site)
    copy_a_sealed_value(site)
    AccessAttempt.objects.all().delete()
    return site.requests - before


def lock_a_registrar_out(site: Site) -> None:
    victim = site.another("registrar")
    own = Browser(site).sign_in(victim.username)
    guesser = Browser(site)
    guesser.get(SIGN_IN)
    answers = [guesser.post(SIGN_IN, {"username": victim.username, "password": f"wrong {n}"}).status for n in range(8)]
    if answers[-1] != 429:
        raise AttackSucceeded("eight guesses, and no lockout")
    own.cookies.clear(domain=urlsplit(site.address).hostname or "", path="/", name="sessionid")
    try:
        own.sign_in(victim.username)
    except RuntimeError as locked:
        raise AttackSucceeded("a registrar is locked out of the own browser by somebody else's guesses") from locked


def guess_the_old_password(site: Site) -> None:
    victim = site.another("registrar")
    browser = Browser(site).sign_in(victim.username)
    page = "/admin/password_change/"
    browser.get(page)
    new = {"new_password1": "Correct horse 9", "new_password2": "Correct horse 9"}
    for number in range(6):
        browser.post(page, {"old_password": f"wrong {number}", **new})
    if browser.get(STUDENTS, follow=False).status == 200:
        raise AttackSucceeded("six guesses at the old password, and the session goes on")
    victim.refresh_from_db()
    if not victim.check_password(PASSWORD):
        raise AttackSucceeded("the password was changed")


def outlive_a_deactivation(site: Site) -> None:
    user = site.another("registrar")
    browser = Browser(site).sign_in(user.username)
    for active in (False, True):
        User.objects.filter(pk=user.pk).update(is_active=active)
    if browser.get(STUDENTS, follow=False).status == 200:
        raise AttackSucceeded("a session came back with the account that was deactivated")


def open_the_search_of_another(site: Site) -> None:
    browser = site.browser("registrar")
    browser.get(STUDENTS)
    address = browser.post(STUDENTS, {"_find": "1", "q": "王伟"}).url
    (token,) = parse_qs(urlsplit(address).query)["q"]
    if "王伟" not in browser.get(STUDENTS, {"q": token}).text:
        raise RuntimeError("the search does not open for who made it")
    if "王伟" in site.browser("second_registrar").get(STUDENTS, {"q": token}).text:
        raise AttackSucceeded("a sealed search opens for somebody else")


def copy_a_sealed_value(site: Site) -> None:
    first, second = IdentityDocument.objects.filter(institution=site.home).order_by("pk")[:2]
    with transaction.atomic():
        with connection.cursor() as cursor, without_triggers(cursor, "people_identitydocument"):
            cursor.execute(
                "UPDATE people_identitydocument SET number ="
                " (SELECT number FROM people_identitydocument WHERE id = %s) WHERE id = %s",
                [second.pk, first.pk],
            )
        try:
            copied = IdentityDocument.objects.get(pk=first.pk).number
        except InvalidTag:
            copied = ""
        transaction.set_rollback(True)
    if copied:
        raise AttackSucceeded("a sealed number opens in another row")
