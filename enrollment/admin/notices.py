"""Admission notices to print, one on a page."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.access import can
from common.audit import AuditNote, write_audit
from common.parameters import takes
from enrollment.models import Application
from enrollment.services import Windows, last_day_to_arrive

MOST_AT_ONCE = 1000


@dataclass(frozen=True)
class Notice:
    application: Application
    until: Any
    """The last day to arrive."""


@takes("batch", "on", "row")
def print_notices(page: Any, request: HttpRequest) -> HttpResponse:
    """The notices of the applications named in the query, or of a batch and a day; who has no number is left out."""
    verb = "enrollment.issue_notices"
    if not can(request.user, verb):
        raise Http404
    related = (
        "institution",
        "batch",
        "center_offering__center",
        "center_offering__programme_version__programme__major",
    )
    visible = Application.objects.visible_to(request.user, verb).current().select_related(*related)
    try:
        found = list(visible.filter(**_wanted(request)).exclude(notice_no="").order_by("notice_no")[:MOST_AT_ONCE])
    except (ValidationError, ValueError) as error:
        raise Http404 from error
    if not found:
        raise Http404
    for institution in {one.institution for one in found}:
        note = AuditNote("enrollment.print_notices", detail={"rows": len(found)})
        write_audit([note], by=request.user, institution_id=institution.pk)
    windows = Windows.load({one.batch_id for one in found})
    notices = [Notice(one, last_day_to_arrive(one, windows=windows)) for one in found]
    return page.page(request, "admin/enrollment/notices.html", _("Admission notices"), notices=notices)


def _wanted(request: HttpRequest) -> dict[str, Any]:
    if "batch" in request.GET:
        return {"batch": request.GET["batch"], "noticed_on": request.GET.get("on", "")}
    return {"public_id__in": request.GET.getlist("row")[:MOST_AT_ONCE]}
