"""The centre's spreadsheets, through the same engine as everybody's: checked first, wrong cells marked, then stored."""

import uuid
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.audit import AuditNote, write_audit
from common.errors import DomainError
from common.files import XLSX, file_response
from enrollment.records.forms.files import UploadForm, kinds_of_centers
from enrollment.records.views.base import PortalView
from exchange.importing import marked_workbook, receive_file
from exchange.importing.asking import request_check, request_commit, work_on
from exchange.importing.remarks import remarks_of
from exchange.issues import FileRefused
from exchange.kinds import kind_title
from exchange.models import ImportBatch
from exchange.sheets import to_xlsx
from learning_centers.models import LearningCenter

IMPORT = "exchange.import_file"
MOST_ROWS_AT_ONCE = 5_000
State = ImportBatch.State


class FileList(PortalView):
    verb = IMPORT
    section = "files"
    takes = ("p",)

    def get(self, request: HttpRequest) -> HttpResponse:
        found = self.paged(
            self.rows(ImportBatch).defer("content").select_related("uploaded_by", "center").order_by("-id")
        )
        lines = [(one, kind_title(one.kind)) for one in found.object_list]
        return self.page("files", _("Files"), found=found, lines=lines, kinds=kinds_of_centers())


class FileUpload(PortalView):
    verb = IMPORT
    section = "files"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(UploadForm(self.rows(LearningCenter)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(self.reachable(LearningCenter), request.POST, request.FILES)
        if form.is_valid():
            said = form.cleaned_data
            try:
                batch = receive_file(
                    said["kind"], said["file"].name, said["file"].read(), center=said["center"], by=request.user
                )
                request_check(batch, by=request.user)
            except DomainError as refusal:
                form.refused_at(refusal)
            else:
                return redirect("portal:file", batch.public_id)
        return self._show(form)

    def _show(self, form: UploadForm) -> HttpResponse:
        crumbs = [self.crumb("files", _("Files"))]
        return self.page("upload", _("Upload a spreadsheet"), crumbs=crumbs, form=form, kinds=kinds_of_centers())


class FileTemplate(PortalView):
    """An empty spreadsheet with the right headers."""

    verb = IMPORT
    takes = ("kind",)

    def get(self, request: HttpRequest) -> HttpResponse:
        kinds = {kind.name: kind for kind in kinds_of_centers()}
        known = kinds.get(request.GET.get("kind", ""))
        if known is None:
            return redirect("portal:files")
        headers = [column.headers[0] if column.headers else column.name for column in known.columns]
        return file_response(to_xlsx(headers, [], title=str(known.title)), content_type=XLSX, name=f"{known.name}.xlsx")


class FilePage(PortalView):
    """What was found, what storing would do, and the way on."""

    verb = IMPORT
    section = "files"
    takes = ("code", "p")

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        batch = file_or_404(self, public_id)
        job, under_way = work_on(batch)
        return self.page(
            "file", batch.name, crumbs=[self.crumb("files", _("Files"))], batch=batch, job=job,
            under_way=under_way, counts=counts_of(batch), good=batch.rows_total - batch.rejected,
            remarks=remarks_of(batch, code=request.GET.get("code", ""), page=request.GET.get("p")),
        )  # fmt: skip


def file_or_404(view: PortalView, public_id: uuid.UUID) -> Any:
    return view.row_or_404(ImportBatch, public_id, "center", "institution", "uploaded_by")


def counts_of(batch: ImportBatch) -> list[tuple[Any, int]]:
    effect = batch.chunks.aggregate(created=Sum("created"), updated=Sum("updated"), unchanged=Sum("unchanged"))
    return [
        (_("Rows"), batch.rows_total),
        (_("New"), effect["created"] or 0),
        (_("Changed"), effect["updated"] or 0),
        (_("Unchanged"), effect["unchanged"] or 0),
        (_("Rejected"), batch.rejected),
    ]


class FileProgress(PortalView):
    """How far it is: a part of the page, asked for every second while the work goes on."""

    verb = IMPORT

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        batch = file_or_404(self, public_id)
        job, under_way = work_on(batch)
        response = render(request, "portal/progress.html", {"batch": batch, "job": job})
        if not under_way:
            response["HX-Refresh"] = "true"
        return response


class FileStore(PortalView):
    """Ask for the good rows to be stored, or for a check that was cut off."""

    verb = IMPORT

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        batch = file_or_404(self, public_id)
        if batch.status in (State.CHECKED, State.COMMITTING):
            request_commit(batch, by=request.user)
        elif batch.status == State.RECEIVED:
            request_check(batch, by=request.user)
        return redirect("portal:file", public_id)


class FileWorkbook(PortalView):
    """The file given back with its remarks beside the cells, numbers masked; of a large one only the rows that have some."""

    verb = IMPORT

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        batch, out = file_or_404(self, public_id), BytesIO()
        try:
            marked_workbook(batch, out, only_remarked=batch.rows_total > MOST_ROWS_AT_ONCE)
        except (DomainError, FileRefused) as refusal:
            self.refused(DomainError(str(refusal), code="file_not_readable"))
            return redirect(reverse("portal:file", args=[public_id]))
        write_audit([AuditNote("exchange.download_file", batch)], by=request.user, institution_id=batch.institution_id)
        return file_response(out.getvalue(), content_type=XLSX, name=f"{PurePath(batch.name).stem}.remarks.xlsx")
