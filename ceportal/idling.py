"""Whoever does nothing for a while is signed out (docs/rules.md §8): a screen left alone is nobody's. And no session lasts for
ever, however busy it is kept."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from ceportal.unsent import is_form, typed_in
from people.services.unsent import keep_unsent

SEEN, BEGUN = "seen_at", "begun_at"
WRITE_EVERY = 60
"""Seconds; noting every request would write every session at every click."""

Answer = Callable[[HttpRequest], HttpResponse]


def asked_by_itself(request: HttpRequest) -> bool:
    """What a page fetches to stay up to date is nobody's doing."""
    return request.method == "GET" and request.headers.get("HX-Request") == "true"


def emptied(response: HttpResponse) -> HttpResponse:
    """With the end of a session goes what the browser has kept of it, also where no script runs."""
    response["Clear-Site-Data"] = '"storage"'
    return response


class IdleExitMiddleware:
    """Ends a session that nobody has used for `IDLE_MINUTES`, and any after `SESSION_HOURS`; a page that was asked for then is
    shown after signing in again."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, seen = timezone.now().timestamp(), request.session.get(SEEN)
        if seen is not None and now - seen > settings.IDLE_MINUTES * 60:
            return self._sent_out(request, _("You were signed out because nothing was done for a while."))
        if now - request.session.setdefault(BEGUN, now) > settings.SESSION_HOURS * 3600:
            return self._sent_out(
                request, _("You were signed out because a session lasts some hours only. Please sign in again.")
            )
        return self._used(request, now, seen)

    def _used(self, request: HttpRequest, now: float, seen: float | None) -> HttpResponse:
        if seen is None or (now - seen > WRITE_EVERY and not asked_by_itself(request)):
            request.session[SEEN] = now
        response = self.get_response(request)
        return response if request.user.is_authenticated else emptied(response)

    def _sent_out(self, request: HttpRequest, sentence: str) -> HttpResponse:
        again = self._address_to_return_to(request)
        logout(request)
        messages.info(request, sentence)
        sign_in = resolve_url(settings.LOGIN_URL)
        if request.headers.get("HX-Request") == "true":
            return emptied(HttpResponse(status=204, headers={"HX-Redirect": sign_in}))
        return emptied(redirect_to_login(again, sign_in))

    def _address_to_return_to(self, request: HttpRequest) -> str:
        """The page that was asked for; of a form that came too late its page, which shows again what was typed."""
        if request.method == "GET":
            return request.get_full_path()
        kept = is_form(request.path) and keep_unsent(request.user, request.path, typed_in(request))  # type: ignore[arg-type]
        return request.path if kept else "/"
