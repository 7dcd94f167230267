"""What was told to me: newest first, each leads to what it is about."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.notices import sentence
from enrollment.views.base import ENTER, PortalView
from people.models import Notice
from people.services.notices import mark_read

PAGES = {
    "enrollment.application": "portal:application",
    "enrollment.changerequest": "portal:request",
    "enrollment.student": "portal:student",
}
"""What a notice is about → the page of the portal that shows it."""

LISTS = {
    "application_accepted": "portal:check_in_list",
    "application_rejected": "portal:applications",
    "change_in_force": "portal:students",
    "export_ready": "portal:exports",
    "export_refused": "portal:exports",
}
"""Kind of a notice about several rows → the list in which they are."""


class NoticeList(PortalView):
    verb = ENTER
    section = "notices"
    takes = ("p",)

    def get(self, request: HttpRequest) -> HttpResponse:
        found = self.paged(Notice.objects.visible_to(request.user).order_by("-id"))
        lines = [(one, sentence(one.kind, one.terms), self._url(one)) for one in found.object_list]
        return self.page("notices", _("Notices"), found=found, lines=lines)

    def post(self, request: HttpRequest) -> HttpResponse:
        mark_read(by=request.user)
        return redirect("portal:notices")

    def _url(self, notice: Any) -> str:
        return reverse("portal:notice", args=[notice.public_id]) if page_of(notice) else ""


class FollowNotice(PortalView):
    """It counts as read, and leads to what it is about."""

    verb = ENTER
    section = "notices"

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        notice = get_object_or_404(Notice.objects.visible_to(request.user), public_id=public_id)
        mark_read(by=request.user, notices=[notice])
        return redirect(page_of(notice) or "portal:notices")


def page_of(notice: Any) -> str:
    if notice.kind in LISTS:
        return reverse(LISTS[notice.kind])
    page = PAGES.get(notice.subject_type)
    return reverse(page, args=[notice.subject_id]) if page and notice.subject_id else ""
