"""Admission notices to print, one on a page: for a reason, counted like a list that leaves, and long ones once a second person has
let the list through."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.access import can
from common.admin import row_link
from common.errors import DomainError
from common.masking import mask
from common.parameters import takes
from enrollment.admission.exports.notices import ISSUE, RELATED
from enrollment.admission.models.applications import Application
from enrollment.admission.services.arriving import last_day_to_arrive
from enrollment.admission.services.planning import Windows
from people.services.exporting import ask_for_export, mark_of, print_list

KIND = "admission_notices"
MOST_AT_ONCE = 1000


@dataclass(frozen=True)
class Notice:
    application: Application
    candidate_no: str
    until: Any
    """The last day to arrive."""


class PrintForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What are they printed for?"),
        max_length=300,
        help_text=gettext_lazy("It is kept with your name and the time."),
    )
    as_file = forms.BooleanField(
        label=gettext_lazy("As a list in a file"),
        required=False,
        help_text=gettext_lazy(
            "Many at once need a second person. When that person has let the list through, they can be printed."
        ),
    )


@takes("batch", "on", "row")
def print_notices(page: Any, request: HttpRequest) -> HttpResponse:
    """The notices of the applications named in the query, or of a batch and a day; who has no number is left out."""
    if not can(request.user, ISSUE):
        raise Http404
    found = _found(request)
    form = PrintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _leave(page, request, found, form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal.message))
    count = len(found)
    told = ngettext("%(count)s notice, one on a page.", "%(count)s notices, one on a page.", count) % {"count": count}
    act = {"label": _("Print the notices"), "explanation": told}
    back = page.list_crumb().url
    return page.page(request, "admin/act.html", _("Admission notices"), form=form, act=act, back=back)


def _found(request: HttpRequest) -> list[Application]:
    visible = Application.objects.visible_to(request.user, ISSUE).current().select_related(*RELATED)
    try:
        found = list(visible.filter(**_wanted(request)).exclude(notice_no="").order_by("notice_no")[:MOST_AT_ONCE])
    except (ValidationError, ValueError) as error:
        raise Http404 from error
    if not found or len({one.institution_id for one in found}) > 1:
        raise Http404
    return found


def _wanted(request: HttpRequest) -> dict[str, Any]:
    if "batch" in request.GET:
        return {"batch": request.GET["batch"], "noticed_on": request.GET.get("on", "")}
    return {"public_id__in": request.GET.getlist("row")[:MOST_AT_ONCE]}


def _leave(page: Any, request: HttpRequest, found: list[Application], said: dict[str, Any]) -> HttpResponse:
    """Onto paper, or as a list that is asked for; of one centre as that centre's."""
    by, centers = request.user, {one.center_offering.center for one in found}
    place = {"center": centers.pop()} if len(centers) == 1 else {"institution": found[0].institution}
    in_clear = can(by, "people.export_numbers", next(iter(place.values())))
    terms = {"only": [str(one.public_id) for one in found], "in_clear": in_clear}
    if said["as_file"]:
        return redirect(row_link(ask_for_export(KIND, terms, reason=said["reason"], by=by, **place)).url)
    export, rows = print_list(KIND, terms, reason=said["reason"], by=by, **place)
    windows = Windows.load({one.batch_id for one in found})
    shown = str if in_clear else mask
    notices = [Notice(one, shown(one.candidate_no), last_day_to_arrive(one, windows=windows)) for one in rows]
    context = {"notices": notices, "mark": mark_of(export)}
    return page.page(request, "admin/enrollment/notices.html", _("Admission notices"), **context)
