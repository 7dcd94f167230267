"""What a page shows of persons is counted before it leaves; after a request in which somebody was refused more of persons than an
hour allows, the auditors are told."""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ceportal.errors import too_many
from common.errors import DomainError
from common.showing import persons_shown
from enrollment.records.views.base import CHOSEN
from people.services.limits import count_page, refused, tell_auditors


class LimitMiddleware:
    """What was refused has taken its own transaction back; the alarm gets another one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = refused.set(())
        try:
            response = _counted(request, self.get_response(request))
            for by, kind in refused.get():
                tell_auditors(by, kind)
        finally:
            refused.reset(before)
        return response


def _counted(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page, or in its place that the limit of the hour is reached."""
    if not (count := persons_shown(request)) or response.status_code != 200:
        return response
    try:
        count_page(_page(request), count, by=request.user)
    except DomainError as refusal:
        return too_many(request, refusal)
    return response


def _page(request: HttpRequest) -> str:
    """A digest of the address, in the portal also of the centre that is looked at; what was posted is always new."""
    if request.method != "GET":
        return ""
    asked = f"{request.get_full_path()} {request.session.get(CHOSEN, '')}"
    return hashlib.sha256(asked.encode()).hexdigest()[:32]
