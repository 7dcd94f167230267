"""Whoever does nothing for a while is signed out (domain.md §8): a screen left alone is nobody's."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

SEEN = "seen_at"
WRITE_EVERY = 60
"""Seconds; noting every request would write every session at every click."""

Answer = Callable[[HttpRequest], HttpResponse]


def asked_by_itself(request: HttpRequest) -> bool:
    """What a page fetches to stay up to date is nobody's doing."""
    return request.method == "GET" and request.headers.get("HX-Request") == "true"


class IdleExitMiddleware:
    """Ends a session that nobody has used for `IDLE_MINUTES`; a page that was asked for then is shown after signing in again."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, seen = timezone.now().timestamp(), request.session.get(SEEN)
        if seen is not None and now - seen > settings.IDLE_MINUTES * 60:
            return self._sent_out(request)
        if seen is None or (now - seen > WRITE_EVERY and not asked_by_itself(request)):
            request.session[SEEN] = now
        return self.get_response(request)

    def _sent_out(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        messages.info(request, _("You were signed out because nothing was done for a while."))
        sign_in = resolve_url(settings.LOGIN_URL)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": sign_in})
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/", sign_in)
