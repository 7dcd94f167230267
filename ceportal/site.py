"""The registrar's site: stock admin with our frame, a menu by task, and a first page that shows what needs a decision."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ceportal import notices
from ceportal.entering import PORTAL, SignInForm
from ceportal.own_password import ChangeOwnPassword
from common.access import can
from common.decisions import decisions_for
from common.menu import MENU, MENU_GROUPS, MenuEntry, in_order
from common.parameters import takes
from people.models import Notice
from people.services.notices import mark_read


@dataclass(frozen=True)
class MenuItem:
    label: Any
    url: str
    is_current: bool


@dataclass(frozen=True)
class ShownGroup:
    label: Any
    items: list[MenuItem]


class RegistrarSite(admin.AdminSite):
    site_header = "ceportal"
    site_title = "ceportal"
    index_title = _("What needs a decision today")
    index_template = "admin/today.html"
    site_url = None  # type: ignore[assignment]
    login_form = SignInForm

    @takes("next")
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Whoever is signed in and works elsewhere is shown the way there."""
        if request.user.is_authenticated and not self.has_permission(request) and can(request.user, PORTAL):
            return redirect("portal:home")
        return super().login(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        request.current_app = self.name
        context = {**self.each_context(request), **(extra_context or {})}
        done = reverse("admin:password_change_done", current_app=self.name)
        return ChangeOwnPassword.as_view(success_url=done, extra_context=context)(request)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only models that say whose rows they hold: what libraries register by themselves has no tenant, so it stays out."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        super().register([model for model in models if hasattr(model, "SCOPE")], admin_class, **options)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if not context["has_permission"]:
            return context | {"navigation": []}
        return context | {"navigation": self.navigation(request), "unread": notices.unread(request.user)}

    def get_urls(self) -> list[Any]:
        view = self.admin_view
        return [
            path("notices/", view(self.notices), name="notices"),
            path("notices/<uuid:public_id>/", view(self.notice), name="notice"),
            *super().get_urls(),
        ]

    @takes("p")
    def notices(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            mark_read(by=request.user)
            return redirect("admin:notices")
        context = {**self.each_context(request), "title": _("Notices"), **notices.context(request)}
        request.current_app = self.name
        return TemplateResponse(request, "admin/notices.html", context)

    def notice(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """Follow a notice: it counts as read, and leads to its record."""
        notice = get_object_or_404(Notice.objects.visible_to(request.user), public_id=public_id)
        mark_read(by=request.user, notices=[notice])
        return redirect(notices.page_of(notice, request) or "admin:notices")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        return super().get_app_list(request, app_label) if app_label else []

    def navigation(self, request: HttpRequest) -> list[ShownGroup]:
        """The groups of which the user may see an entry."""
        groups = []
        for group in in_order(MENU_GROUPS.values()):
            entries = in_order(one for one in MENU.values() if one.group == group.name)
            items = [item for one in entries if (item := self._item(request, one))]
            if items:
                groups.append(ShownGroup(group.label, items))
        return groups

    def _item(self, request: HttpRequest, entry: MenuEntry) -> MenuItem | None:
        """None for a list that the user may not see."""
        if entry.label:
            return MenuItem(entry.label, url := reverse(entry.name), request.path.startswith(url))
        known = self._registry.get(apps.get_model(entry.name))
        if known is None or not known.has_view_permission(request):
            return None
        url = reverse(f"admin:{known.opts.app_label}_{known.opts.model_name}_changelist", current_app=self.name)
        return MenuItem(capfirst(known.opts.verbose_name_plural), url, request.path.startswith(url))

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "decisions": decisions_for(request.user),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, self.index_template, context)


registrar_site = admin.site
