"""Pages for what went wrong. Each shows the reference under which the log holds the rest, and nothing else of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.errors import DomainError


def _page(request: HttpRequest, status: int, template: str = "", **shown: Any) -> HttpResponse:
    shown["reference"] = getattr(request, "reference", "")
    return render(request, template or f"{status}.html", shown, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Most often a page from before somebody signed in or out in another window: no question of rights."""
    return _page(request, 403, "403_csrf.html")


def page_not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 404)


def conflict(request: HttpRequest) -> HttpResponse:
    return _page(request, 409)


def took_too_long(request: HttpRequest) -> HttpResponse:
    return _page(request, 503)


def too_many(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """More of persons than an hour allows (`people.services.limits`)."""
    return _page(request, 429, refusal=refusal.message)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)
