"""Lists to take along: asked for with a reason, fetched when they are ready."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.errors import DomainError
from common.files import XLSX, file_response
from enrollment.records.forms.exports import RosterForm
from enrollment.records.views.base import PortalView
from exchange.models import Export
from learning_centers.models import LearningCenter
from people.services.exporting import ask_for_export, download_export

UNDER_WAY = (Export.State.APPROVED,)


class ExportList(PortalView):
    """One's own lists; while one is being made the page looks again by itself."""

    verb = "people.ask_for_export"
    section = "exports"
    takes = ("p",)

    def get(self, request: HttpRequest) -> HttpResponse:
        own = self.rows(Export).filter(asked_by=request.user).defer("content").select_related("center")
        found = self.paged(own.order_by("-id"))
        waits = any(one.status in UNDER_WAY for one in found.object_list)
        return self.page("exports", _("Lists"), found=found, waits=waits)


class ExportAsk(PortalView):
    verb = "people.ask_for_export"
    section = "exports"
    takes = ("batch", "states")

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {"batch": request.GET.get("batch", "")}
        if states := request.GET.getlist("states"):
            asked["states"] = states
        return self._show(self._form(initial={"center": self.center.public_id} | asked if self.center else asked))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                ask_for_export("roster", form.terms, reason=said["reason"], center=said["center"], by=request.user)
            except DomainError as refusal:
                form.refused_at(refusal)
            else:
                self.told(_("The list was asked for; it appears here when it is ready."))
                return redirect("portal:exports")
        return self._show(form)

    def _form(self, *args: object, **kwargs: object) -> RosterForm:
        centers = self.reachable(LearningCenter)
        return RosterForm(centers, *args, may_see_numbers=can(self.request.user, "people.export_numbers"), **kwargs)

    def _show(self, form: RosterForm) -> HttpResponse:
        return self.page("export_form", _("Ask for a list"), crumbs=[self.crumb("exports", _("Lists"))], form=form)


class ExportDownload(PortalView):
    """Posted, since every download is counted and kept."""

    verb = "people.ask_for_export"

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        row = self.row_or_404(Export, public_id)
        try:
            file = download_export(row, by=request.user)
        except DomainError as refusal:
            self.refused(refusal)
            return redirect("portal:exports")
        return file_response(file.content, content_type=XLSX, name=file.name)
