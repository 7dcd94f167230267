"""Scans and photos: opened on the record, taken out while the matter is under way."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.files import file_response
from enrollment.attachments.models.attachments import Attachment
from enrollment.attachments.services.attachments import needs_reason, open_attachment, remove_attachment
from enrollment.records.forms.students import RevealForm
from enrollment.records.views.base import PortalView

RELATED = ("application", "request__student")


class OpenPaper(PortalView):
    """While the matter is under way looking is the work itself; afterwards it needs a reason."""

    verb = "enrollment.open_attachment"

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        row = self.row_or_404(Attachment, public_id, *RELATED)
        if needs_reason(row):
            return self._ask(row, RevealForm())
        return self._open(row, "")

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        row, form = self.row_or_404(Attachment, public_id, *RELATED), RevealForm(request.POST)
        return self._open(row, form.cleaned_data["reason"]) if form.is_valid() else self._ask(row, form)

    def _ask(self, row: Any, form: RevealForm) -> HttpResponse:
        context = {"row": row, "form": form, "back": _back(row)}
        return self.page("paper", _("Open a document of a closed matter"), **context)

    def _open(self, row: Any, reason: str) -> HttpResponse:
        try:
            opened = open_attachment(row, reason=reason, by=self.request.user)
        except DomainError as refusal:
            self.refused(refusal)
            return redirect(_back(row))
        return file_response(opened.content, content_type=opened.content_type, name=opened.name)


class RemovePaper(PortalView):
    verb = "enrollment.open_attachment"

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        row = self.row_or_404(Attachment, public_id, *RELATED)
        try:
            remove_attachment(row, by=request.user)
        except DomainError as refusal:
            self.refused(refusal)
        else:
            self.told(_("The document was taken out."))
        return redirect(_back(row))


def _back(row: Any) -> str:
    if row.application_id:
        return reverse("portal:application", args=[row.application.public_id])
    return reverse("portal:request", args=[row.request.public_id])
