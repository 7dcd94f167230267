import datetime as dt
from collections.abc import Iterator

from django.apps import apps
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common.admin.acting import FIRST_DAY, LAST_DAY
from common.dates import today
from common.parameters import takes
from learning_centers.models import Institution
from reporting.reports.factsheets import fact_sheet
from reporting.services import warnings_of_claims

RECORDS = {
    "learning_centers.filed": ("learning_centers", "learningcenter", "?regime=filed&status=serving"),
    "learning_centers.school_direct": ("learning_centers", "learningcenter", "?regime=school_direct&status=serving"),
    "learning_centers.outreach": ("learning_centers", "learningcenter", "?regime=outreach&status=serving"),
    "learning_centers.overseas": ("learning_centers", "learningcenter", "?regime=overseas&status=serving"),
    "provinces": ("learning_centers", "learningcenter", "?status=serving"),
    "majors.active": ("learning_centers", "major", ""),
    "students.stock": ("enrollment", "student", "?state=active"),
}
"""Where the records behind a figure are listed, for those who may see them."""


def institution_list(request: HttpRequest) -> HttpResponse:
    """The institutions' public profiles."""
    context = {"title": _("Institutions"), "institutions": Institution.objects.all()}
    return TemplateResponse(request, "reporting/institution_list.html", admin.site.each_context(request) | context)


@takes("as_of")
def institution_profile(request: HttpRequest, code: str) -> HttpResponse:
    """The public fact sheet: numbers and words that the institution publishes itself, no person in it."""
    institution = get_object_or_404(Institution, code=code)
    try:
        day = dt.date.fromisoformat(request.GET["as_of"]) if "as_of" in request.GET else None
    except ValueError:
        raise Http404 from None
    if day and not FIRST_DAY <= day <= LAST_DAY:
        raise Http404
    context = {
        "title": institution.local_name,
        "sheet": fact_sheet(institution, day),
        "warnings": warnings_of_claims(institution),
        "records": dict(_record_lists(request, institution)) if day in (None, today(institution)) else {},
        "crumbs": [{"url": reverse("institutions"), "label": _("Institutions")}],
    }
    return TemplateResponse(request, "reporting/fact_sheet.html", admin.site.each_context(request) | context)


def _record_lists(request: HttpRequest, institution: Institution) -> Iterator[tuple[str, str]]:
    """(figure, address) of the lists in which this visitor finds records of the institution."""
    if not request.user.is_authenticated:
        return
    for figure, (app, model, query) in RECORDS.items():
        shown = admin.site._registry.get(apps.get_model(app, model))
        verb = getattr(shown, "verb_to_view", "")
        if verb and request.user.institutions(verb).filter(pk=institution.pk).exists():
            yield figure, reverse(f"admin:{app}_{model}_changelist") + query
