"""The registrar's site: stock admin with our frame, a menu by task, and a first page that shows what needs a decision."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ceportal import notices
from ceportal.decisions import decisions
from ceportal.entering import PORTAL, SignInForm
from ceportal.own_password import ChangeOwnPassword
from common.access import can
from common.parameters import takes
from people.models import Notice
from people.services.notices import mark_read

STATISTICS = _("Statistics")
MENU = [
    (
        _("Admission"),
        [
            "enrollment.application", "enrollment.entrybatch", "enrollment.admissionplace", "enrollment.checklistitem",
            "enrollment.reasonsetting",
        ],
    ),
    (
        _("Students"),
        [
            "enrollment.student", "enrollment.changerequest", "enrollment.changecase", "enrollment.watchitem",
            "enrollment.entitlementcheck", "people.person", "enrollment.studentchange", "people.personmerge",
        ],
    ),
    (_("Learning centres"), ["learning_centers.learningcenter", "learning_centers.organization", "learning_centers.agreement"]),
    (_("Files"), ["exchange.importbatch", "exchange.export"]),
    (STATISTICS, ["reporting.statisticsrun", "reporting.frozenreturn", "reporting.publishedfigure"]),
    (
        _("Institution"),
        [
            "learning_centers.institution", "learning_centers.school", "learning_centers.lineageevent",
            "learning_centers.designation", "learning_centers.major", "learning_centers.programme",
            "learning_centers.programmeversion", "learning_centers.rulesetting",
        ],
    ),
    (
        _("Oversight"),
        [
            "common.auditevent", "common.recording", "exchange.job", "people.approvalrequest", "people.user",
            "people.membership", "people.role",
        ],
    ),
]  # fmt: skip
"""Lists by task; a list that is not registered, or that the user may not see, is left out."""


@dataclass(frozen=True)
class MenuItem:
    label: Any
    url: str
    is_current: bool


@dataclass(frozen=True)
class MenuGroup:
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

    def navigation(self, request: HttpRequest) -> list[MenuGroup]:
        registered = {model._meta.label_lower: one for model, one in self._registry.items()}
        groups = []
        for label, names in MENU:
            shown = [registered[name] for name in names if name in registered]
            items = [self._item(request, one) for one in shown if one.has_view_permission(request)]
            if label == STATISTICS:
                url = reverse("institutions")
                items.append(MenuItem(_("Public profiles"), url, request.path.startswith(url)))
            if items:
                groups.append(MenuGroup(label, items))
        return groups

    def _item(self, request: HttpRequest, one: admin.ModelAdmin) -> MenuItem:
        url = reverse(f"admin:{one.opts.app_label}_{one.opts.model_name}_changelist", current_app=self.name)
        return MenuItem(capfirst(one.opts.verbose_name_plural), url, request.path.startswith(url))

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "decisions": decisions(request.user),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, self.index_template, context)


registrar_site = admin.site
