"""Forms that have not been sent: where a page tells what is typed, and the middleware that knows when it has arrived."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

from common.parameters import takes
from people.services.unsent import forget_unsent, keep_unsent

ADDRESS, DISCARD = "unsent-address", "unsent-discard"


def is_form(address: str) -> bool:
    """Whether a page of ours stands at this path that can be opened again."""
    try:
        view: Any = resolve(address).func
    except Resolver404:
        return False
    return len(address) <= 300 and hasattr(getattr(view, "view_class", None) or _Opened, "get")


class _Opened:
    """Pages that are functions answer a GET."""

    def get(self) -> None: ...


def typed_in(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, value) for name in request.POST for value in request.POST.getlist(name)]


@takes()
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """What is typed, told by the page now and then; or the word that it is not wanted any more."""
    address = request.POST.get(ADDRESS, "")
    if not request.user.is_authenticated or not is_form(address):
        return HttpResponse(status=404)
    if DISCARD in request.POST:
        forget_unsent(request.user, address)
    else:
        keep_unsent(request.user, address, [pair for pair in typed_in(request) if pair[0] != ADDRESS])
    return HttpResponse(status=204)


class UnsentFormsMiddleware:
    """A form that was answered by leading on has arrived. Whoever was sent out over it is signed out by then, so it stays."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and 300 <= response.status_code < 400 and request.user.is_authenticated:
            forget_unsent(request.user, request.path)
        return response
