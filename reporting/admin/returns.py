from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.admin import Crumb, Fact, RecordAdmin, Table, row_link
from common.errors import DomainError
from common.families import Family, family_named
from common.showing import show_rows
from common.wording import listed
from reporting.admin.forms import RestateForm
from reporting.admin.tables import sheet_of
from reporting.models import FrozenReturn, PublishedFigure
from reporting.services import request_run, restate_return, scope_name, warnings_of_claims, warnings_of_return

MOST_DIFFERENCES = 500
SHOWN = ("title", "version", "as_of", "since", "known_at", "frozen_by", "frozen_at", "reason")


@admin.register(FrozenReturn)
class FrozenReturnAdmin(RecordAdmin):
    verb_to_view = "reporting.view_figures"
    list_display = ["title", "version", "as_of", "since", "known_at", "institution", "frozen_by", "frozen_at"]
    list_select_related = ["institution", "frozen_by"]
    ordering = ["-id"]
    sortable_by = ()
    record_template = "admin/reporting/return.html"
    record_takes = ("by",)

    def get_urls(self) -> list[Any]:
        restate = self.admin_site.admin_view(self.restate)
        follow = self.admin_site.admin_view(self.follow)
        return [
            path("<uuid:public_id>/restate/", restate, name="reporting_frozenreturn_restate"),
            path("<uuid:public_id>/follow/", follow, name="reporting_frozenreturn_follow"),
            *super().get_urls(),
        ]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        facts = [self.fact(row, name) for name in SHOWN]
        if row.scope:
            facts.append(Fact(_("only"), scope_name(row)))
        facts.append(Fact(_("digest"), row.digest[:16]))
        if row.restates_id:
            facts.append(row_link(row.restates, _("restates")))
        later = FrozenReturn.objects.filter(restates=row).first()
        if later:
            facts.append(row_link(later, _("restated by")))
        chosen = request.GET.get("by", "")
        if chosen not in row.figures:
            raise BadRequest("a breakdown that was not frozen")
        family = family_named(row.family)
        wanted, rows = family.breakdown(chosen), row.figures[chosen]
        total = row.figures[""][0][1] if row.figures.get("") else {}
        actions = []
        if can(request.user, "reporting.restate_return", row) and later is None:
            actions.append(Crumb(_("Restate"), reverse("admin:reporting_frozenreturn_restate", args=(row.public_id,))))
        may_follow = can(request.user, "reporting.compute_statistics", row)
        return {
            "facts": facts,
            "warnings": warnings_of_return(row),
            "actions": actions,
            "follow_url": reverse("admin:reporting_frozenreturn_follow", args=(row.public_id,)) if may_follow else "",
            "by": chosen,
            "breakdowns": [(name, family.title_of(name)) for name in row.breakdowns if name],
            "sheet": sheet_of(family, row.institution, wanted, rows, total, with_window=row.since is not None),
            "tables": [self._differences(request, row)] if row.restates_id else [],
        }

    def _differences(self, request: HttpRequest, row: Any) -> Table:
        """Only subjects that the reader may see."""
        family = family_named(row.family)
        manager: Any = family.subject._default_manager
        seen = manager.visible_to(request.user, family.verb_to_view)
        of_return = row.differences.filter(subject_kind=family.subject._meta.label_lower)
        found = of_return.filter(subject_id__in=seen.values("public_id")).select_related("recording")
        found = found.order_by("id")[:MOST_DIFFERENCES]
        show_rows(request, found.model, found)
        subjects = {one.public_id: one for one in seen.filter(public_id__in=[one.subject_id for one in found])
                    .select_related(*family.joined)}  # fmt: skip
        rows = [
            [row_link(subjects[one.subject_id]), family.columns[0].value(subjects[one.subject_id]),
             _figures(family, one.before), _figures(family, one.after), row_link(one.recording) if one.recording else None]
            for one in found
        ]  # fmt: skip
        columns = [
            family.subject._meta.verbose_name,
            family.columns[0].title,
            _("counted before"),
            _("counted now"),
            _("recording"),
        ]
        return Table(family.sentence("otherwise"), columns, rows, _("Only figures of centres differ."))

    def follow(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """The same figures as a run, where each leads to its records and says who is not counted; counted anew if need be."""
        row = self.row_or_404(request, public_id)
        if not can(request.user, "reporting.compute_statistics", row):
            raise Http404
        if request.method != "POST":
            return redirect("admin:reporting_frozenreturn_change", row.public_id)
        breakdowns = [family_named(row.family).breakdown(name) for name in row.breakdowns]
        terms = {
            "family": row.family,
            "breakdowns": breakdowns,
            "known_at": row.known_at,
            "scope": row.scope,
            "by": request.user,
        }
        try:
            run = request_run(row.institution, row.as_of, row.since, **terms)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            return redirect("admin:reporting_frozenreturn_change", row.public_id)
        return redirect("admin:reporting_statisticsrun_change", run.public_id)

    def restate(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        row = self.row_or_404(request, public_id)
        if not can(request.user, "reporting.restate_return", row):
            raise Http404
        form = RestateForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                restated = restate_return(row, by=request.user, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
            else:
                messages.success(request, _("A new version was frozen beside the old one."))
                return redirect("admin:reporting_frozenreturn_change", restated.public_id)
        back = reverse("admin:reporting_frozenreturn_change", args=(row.public_id,))
        title = _("Restate %(title)s") % {"title": row}
        facts = [self.fact(row, name) for name in ("title", "version", "as_of", "since", "known_at")]
        context = {"form": form, "facts": facts, "act": _("Restate"), "back": back}
        return self.page(request, "admin/reporting/short_form.html", title, **context)


def _figures(family: Family, counted: list[Any]) -> str:
    return listed(sorted({str(family.measure[measure].title) for measure, *_rest in counted}))


@admin.register(PublishedFigure)
class PublishedFigureAdmin(RecordAdmin):
    verb_to_view = "reporting.view_figures"
    list_display = ["name", "label", "qualifier", "number", "as_of", "source"]
    ordering = ["institution", "position", "id"]
    sortable_by = ()

    @admin.display(description=_("value"))
    def number(self, row: PublishedFigure) -> str:
        return f"{row.value.normalize():,f}"

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {**super().record(request, row), "warnings": warnings_of_claims(row.institution)}
