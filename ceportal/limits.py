"""After a request in which somebody was refused more of persons than an hour allows, the auditors are told."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from people.services.limits import refused, tell_auditors


class LimitMiddleware:
    """What was refused has taken its own transaction back; the alarm gets another one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = refused.set(())
        try:
            response = self.get_response(request)
            for by, kind in refused.get():
                tell_auditors(by, kind)
        finally:
            refused.reset(before)
        return response
