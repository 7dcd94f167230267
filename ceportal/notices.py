"""The registrar's own notices: newest first, each leads to the record that it is about."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from ceportal.entering import PORTAL
from common.access import can
from common.notices import sentence
from people.models import Notice

A_PAGE = 50


@dataclass(frozen=True)
class Told:
    sentence: str
    at: Any
    is_new: bool
    url: str = ""


def notices(request: HttpRequest) -> HttpResponse:
    """Where a letter leads: to the notices of the portal or of the registrar's site, by way of the sign-in where it is needed."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('portal:sign_in')}?{urlencode({'next': reverse('notices')})}")
    return redirect("portal:notices" if can(request.user, PORTAL) else "admin:notices")


def unread(user: Any) -> int:
    return Notice.objects.visible_to(user).unread().count()


def context(request: HttpRequest) -> dict[str, Any]:
    own = Notice.objects.visible_to(request.user).order_by("-id")
    page = Paginator(own, A_PAGE).get_page(request.GET.get("p"))
    lines = [
        Told(
            sentence(one.kind, one.terms),
            one.at,
            one.read_at is None,
            reverse("admin:notice", args=[one.public_id]) if page_of(one, request) else "",
        )
        for one in page
    ]
    return {"found": page, "lines": lines, "unread": unread(request.user)}


def page_of(notice: Notice, request: HttpRequest) -> str:
    """The record's page where there is one that the reader may open; a record out of reach is an ordinary 404 there."""
    if not notice.subject_id:
        return ""
    model = apps.get_model(notice.subject_type)
    registered = admin.site._registry.get(model)
    if registered is None or not registered.has_view_permission(request):
        return ""
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[notice.subject_id])
    except NoReverseMatch:
        return ""
