"""Whoever guesses passwords is locked out, and nobody else is (docs/decisions/0071).

A browser from which an account has signed in once is known for it by a signed cookie, and its failures count for itself alone.
Failures of all others count by account and address, by address, and by account from wherever they come: so an account cannot be
guessed from many addresses, and nobody who guesses keeps its owner out of the browser that is in daily use.
"""

import secrets
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.middleware import AxesMiddleware
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "known-browser"
DAYS_KNOWN = 180
MOST_ACCOUNTS = 10
"""Of one browser; the longest not used is forgotten first."""

Attempts = QuerySet[AccessAttempt]


class LockoutHandler(AxesDatabaseHandler):
    """Counts what was tried within the cool-off time. `user_agent` of an attempt is the known browser, or nothing."""

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """At least AXES_FAILURE_LIMIT if one of the limits is reached."""
        username = get_client_username(request, credentials) or ""
        limits = _limits(request, username, known_browser(request, username))
        return max(_failures(attempts) * settings.AXES_FAILURE_LIMIT // most for attempts, most in limits)

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **more: Any) -> None:
        if request is not None:
            request.axes_user_agent = known_browser(request, get_client_username(request, credentials) or "")
        super().user_login_failed(sender, credentials, request, **more)

    def user_logged_in(self, sender: Any, request: Any, user: Any, **more: Any) -> None:
        super().user_logged_in(sender, request, user, **more)
        request.signed_in_as = user.get_username()


def _limits(request: Any, username: str, browser: str) -> list[tuple[Attempts, int]]:
    """Attempts that count for this one, and how many lock."""
    lately = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
    of_user = lately.filter(username=username)
    if browser:
        return [(of_user.filter(user_agent=browser), settings.AXES_FAILURE_LIMIT)]
    others = {"user_agent": ""}
    from_here = {"ip_address": request.axes_ip_address, **others}
    return [
        (of_user.filter(**from_here), settings.AXES_FAILURE_LIMIT),
        (of_user.filter(**others), settings.LOCKOUT_BY_USER),
        (lately.filter(**from_here), settings.LOCKOUT_BY_ADDRESS),
    ]


def _failures(attempts: Attempts) -> int:
    return attempts.aggregate(failures=Sum("failures_since_start"))["failures"] or 0


def known_browser(request: HttpRequest, username: str) -> str:
    """The name of the browser if this account has signed in from it, else nothing."""
    browser, *marks = request.COOKIES.get(COOKIE, "").split(".")
    mark = _mark(browser, username)
    return browser if any(constant_time_compare(mark, one) for one in marks[:MOST_ACCOUNTS]) else ""


def _mark(browser: str, username: str) -> str:
    return salted_hmac("ceportal.lockout", f"{browser}\0{username}", algorithm="sha256").hexdigest()


class KnownBrowserMiddleware(AxesMiddleware):
    """Answers who is locked out, and lets a browser remember who has signed in from it: no names, and nothing that opens."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = super().__call__(request)
        if username := getattr(request, "signed_in_as", ""):
            response.set_cookie(
                COOKIE, _remembered(request, username), max_age=DAYS_KNOWN * 86400, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response


def _remembered(request: HttpRequest, username: str) -> str:
    browser, *marks = request.COOKIES.get(COOKIE, "").split(".")
    if not known_browser(request, username):
        browser, marks = (browser, marks) if browser and marks else (secrets.token_hex(16), [])
    mark = _mark(browser, username)
    return ".".join([browser, mark, *(one for one in marks if one != mark)][: MOST_ACCOUNTS + 1])
