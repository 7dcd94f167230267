"""What was told to me: newest first, each leads to what it is about."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.menu import PORTAL_PAGES
from common.notices import NOTICES, sentence
from enrollment.records.views.base import ENTER, PortalView
from people.models import Notice
from people.services.notices import mark_read


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
    """The list of a notice about several rows, or the page of the record that it is about."""
    kind = NOTICES.get(notice.kind)
    if kind and kind.page:
        return reverse(kind.page)
    known = PORTAL_PAGES.get(notice.subject_type)
    return reverse(known.page, args=[notice.subject_id]) if known and notice.subject_id else ""
