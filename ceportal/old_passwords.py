"""A password that is older than the house allows, or that somebody else has set, is changed before anything else is done
(docs/rules.md §8)."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ceportal.entering import PORTAL
from common.access import can
from people.passwords import good_until

GOOD_UNTIL = "password_good_until"
"""In the session, so that it is asked of the database once."""
ALWAYS_OPEN = (
    "portal:password",
    "portal:sign_out",
    "admin:password_change",
    "admin:password_change_done",
    "admin:logout",
    "set_language",
)


class OldPasswordMiddleware:
    """Leads to the change of password at the first sign-in with a given one, and once the own one is older than
    `PASSWORD_DAYS`; 0 lets passwords grow old."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or self._is_good(request) or request.path in map(reverse, ALWAYS_OPEN):
            return self.get_response(request)
        page = reverse("portal:password" if can(request.user, PORTAL) else "admin:password_change")
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": page})
        if request.session[GOOD_UNTIL]:
            text = _("Your password is older than %(days)s days. Choose a new one.") % {"days": settings.PASSWORD_DAYS}
        else:
            text = _("Somebody else has set your password. Choose one that only you know.")
        messages.warning(request, text)
        return redirect(page)

    def _is_good(self, request: HttpRequest) -> bool:
        now = timezone.now().timestamp()
        if now >= request.session.get(GOOD_UNTIL, 0):
            request.session[GOOD_UNTIL] = good_until(request.user, settings.PASSWORD_DAYS)
        return now < request.session[GOOD_UNTIL]
