"""Files that come in: upload, watch, read what was wrong, store the good rows, take the whole back."""

from collections import Counter, defaultdict
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.admin import ActingAdmin, Crumb, DayInput, Fact, RecordAdmin
from common.admin.filters import choose
from common.audit import AuditNote, write_audit
from common.errors import DomainError
from common.files import XLSX, file_response
from common.models import Recording
from common.showing import show_persons, show_rows
from exchange.importing import (
    approve_import,
    ask_to_undo,
    decline_import,
    dependents,
    digest_of_reviews,
    keep_import,
    marked_workbook,
    receive_file,
    undo_import,
    undo_takes_two,
)
from exchange.importing.asking import request_check, request_commit, work_on
from exchange.importing.deciding import may_decide, may_decide_undo, waits_for_decision
from exchange.importing.overview import overview_of
from exchange.importing.remarks import remarks_of
from exchange.importing.undoing import MOST_EXAMPLES, Dependent
from exchange.issues import CODES, FileRefused
from exchange.kinds import all_kinds, kind_named, kind_title
from exchange.models import ImportBatch

RIGHT = "exchange.import_file"
UNDO = "exchange.undo_import"
LARGEST = 20 * 1024 * 1024
MOST_SHOWN = 20
MOST_ROWS_AT_ONCE = 5_000
State = ImportBatch.State
UNDOABLE = (State.COMMITTED, State.COMMITTING)
"""Also one that was cut off while its rows were stored."""


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("xlsx, xls, ods, csv or dbf, at most 20 MiB and 100,000 rows."))
    institution = forms.ModelChoiceField(label=_("Institution"), queryset=None)
    kind = forms.ChoiceField(
        label=_("Kind of file"),
        required=False,
        help_text=_("Left open, the worker recognises it by its header."),
    )
    today = forms.DateField(label=_("Judge as on"), widget=DayInput(), required=False, help_text=_("Empty: today."))

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        institutions = user.institutions(RIGHT)
        self.fields["institution"].queryset = institutions
        self.fields["institution"].initial = institutions.first()
        kinds = [(kind.name, kind.title) for kind in all_kinds()]
        self.fields["kind"].choices = [("", _("by its header")), *kinds]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise ValidationError(CODES["file_too_large"].sentence)
        return file


@admin.register(ImportBatch)
class ImportBatchAdmin(ActingAdmin):
    verb_to_view = "exchange.view_imports"
    list_display = [
        "name",
        "kind_title",
        "status",
        "rows_total",
        "rejected",
        "institution",
        "uploaded_by",
        "uploaded_at",
    ]
    list_select_related = ["institution", "uploaded_by"]
    record_select_related = ("decided_by", "undo_asked_by", "undone_by")
    list_filter = [choose("status", _("state"), "status", State)]
    ordering = ["-id"]
    sortable_by = ()
    search_fields = ["name__contains"]
    search_help_text = _("A part of the file name")
    record_template = "admin/exchange/import.html"
    record_takes = ("code", "p", "c")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("kind of file"))
    def kind_title(self, row: Any) -> Any:
        return kind_title(row.kind)

    def get_urls(self) -> list[Any]:
        def route(url: str, page: Any, name: str) -> Any:
            return path(url, self.admin_site.admin_view(page), name=f"exchange_importbatch_{name}")

        return [
            route("upload/", self.upload, "upload"),
            route("<uuid:public_id>/progress/", self.progress, "progress"),
            route("<uuid:public_id>/store/", self.store, "store"),
            route("<uuid:public_id>/check/", self.check_again, "check"),
            route("<uuid:public_id>/approve/", self.approve, "approve"),
            route("<uuid:public_id>/decline/", self.decline, "decline"),
            route("<uuid:public_id>/undo/", self.undo, "undo"),
            route("<uuid:public_id>/keep/", self.keep, "keep"),
            route("<uuid:public_id>/workbook/", self.workbook, "workbook"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        actions = []
        if can(request.user, RIGHT):
            actions.append(Crumb(_("Upload a file"), reverse("admin:exchange_importbatch_upload")))
        return super().changelist_view(request, {"list_actions": actions, **(extra_context or {})})

    def url(self, name: str, batch: ImportBatch) -> str:
        return reverse(f"admin:exchange_importbatch_{name}", args=(batch.public_id,))

    def upload(self, request: HttpRequest) -> HttpResponse:
        if not can(request.user, RIGHT):
            raise Http404
        form = UploadForm(request.user, request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                batch = receive_file(
                    said["kind"], said["file"].name, said["file"].read(), by=request.user,
                    institution=said["institution"], today=said["today"],
                )  # fmt: skip
                request_check(batch, by=request.user)
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
            else:
                return redirect(self.url("change", batch))
        return self.page(request, "admin/exchange/upload.html", _("Upload a file"), form=form)

    def progress(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        batch = self.row_or_404(request, public_id)
        job, under_way = work_on(batch)
        response = self.page(request, "admin/exchange/progress.html", "", batch=batch, job=job)
        if not under_way:
            response["HX-Refresh"] = "true"
        return response

    def store(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """Ask for the good rows to be stored; also to go on with a batch whose work was cut off."""
        return self._ask(request, public_id, request_commit, (State.CHECKED, State.COMMITTING))

    def check_again(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        return self._ask(request, public_id, request_check, (State.RECEIVED,))

    def _ask(self, request: HttpRequest, public_id: Any, ask: Any, states: tuple[str, ...]) -> HttpResponse:
        batch = self.row_or_404(request, public_id)
        if not can(request.user, RIGHT, batch):
            raise Http404
        if batch.status not in states:
            return redirect(self.url("change", batch))
        return self._act(request, batch, lambda: ask(batch, by=request.user))

    def _act(self, request: HttpRequest, batch: ImportBatch, act: Callable[[], Any], done: Any = "") -> HttpResponse:
        """Do what a posted form asks for, say what came of it, and go back to the file."""
        if request.method == "POST":
            try:
                act()
            except DomainError as refusal:
                messages.error(request, str(refusal.message))
            else:
                if done:
                    messages.success(request, done)
        return redirect(self.url("change", batch))

    def approve(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """A second person lets the file be stored that they have seen."""
        batch = self.row_or_404(request, public_id)
        if not may_decide(batch, request.user):
            raise Http404
        seen, done = request.POST.get("seen", ""), _("The file is being stored; whoever uploaded it is told.")
        return self._act(request, batch, lambda: approve_import(batch, seen=seen, by=request.user), done)

    def decline(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        batch = self.row_or_404(request, public_id)
        if not self._may_decline(request, batch):
            raise Http404
        reason = request.POST.get("reason", "")
        return self._act(request, batch, lambda: decline_import(batch, reason=reason, by=request.user))

    def _may_decline(self, request: HttpRequest, batch: ImportBatch) -> bool:
        is_own = batch.uploaded_by_id == request.user.pk
        return can(request.user, RIGHT, batch) if is_own else may_decide(batch, request.user)

    def keep(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """What was asked to be taken back stays."""
        batch = self.row_or_404(request, public_id)
        if not self._may_undo(request, batch):
            raise Http404
        return self._act(request, batch, lambda: keep_import(batch, by=request.user))

    def _may_undo(self, request: HttpRequest, batch: ImportBatch) -> bool:
        """Take back, ask for it, or decide what another has asked for."""
        return can(request.user, UNDO, batch) or may_decide_undo(batch, request.user)

    def workbook(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """The file given back with its remarks beside the cells, numbers masked; of a large one only the rows that have some."""
        batch = self.row_or_404(request, public_id)
        if not can(request.user, RIGHT, batch):
            raise Http404
        out = BytesIO()
        try:
            marked_workbook(batch, out, only_remarked=batch.rows_total > MOST_ROWS_AT_ONCE)
        except (DomainError, FileRefused) as refusal:
            messages.error(request, str(refusal))
            return redirect(self.url("change", batch))
        write_audit([AuditNote("exchange.download_file", batch)], by=request.user, institution_id=batch.institution_id)
        return file_response(out.getvalue(), content_type=XLSX, name=f"{PurePath(batch.name).stem}.remarks.xlsx")

    def undo(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """What would be taken back, and what stands in the way."""
        batch = self.row_or_404(request, public_id)
        if batch.status not in UNDOABLE or not self._may_undo(request, batch):
            raise Http404
        takes_two, may_decide_it = undo_takes_two(batch, request.user), may_decide_undo(batch, request.user)
        if request.method == "POST":
            try:
                done = self._undo_or_ask(request, batch, alone=may_decide_it or not takes_two)
            except DomainError as refusal:
                messages.error(request, str(refusal.message))
            else:
                messages.success(request, done)
                return redirect(self.url("change", batch))
        context = {
            "batch": batch, "takes_two": takes_two, "may_decide": may_decide_it, "counts": self._counts(batch),
            "blocking": self._blocking(request, dependents(batch)),
            "crumbs": [self.list_crumb(), Crumb(batch.name, self.url("change", batch))],
        }  # fmt: skip
        return self.page(request, "admin/exchange/undo.html", _("Take this import back?"), **context)

    def _undo_or_ask(self, request: HttpRequest, batch: ImportBatch, *, alone: bool) -> Any:
        if alone:
            undo_import(batch, by=request.user)
            return _("The import was taken back; what it had replaced holds again.")
        ask_to_undo(batch, by=request.user)
        return _("It is asked for. A second person, who was told, decides.")

    def _blocking(self, request: HttpRequest, found: list[Dependent]) -> list[dict[str, Any]]:
        """Later rows by table; those that the user may see by their names."""
        by_table: dict[str, list[Dependent]] = defaultdict(list)
        for one in found:
            by_table[one.table].append(one)
        groups = []
        for table, some in by_table.items():
            model = apps.get_model(table)
            shown = self._seen(request, model).in_bulk([one.key for one in some[:MOST_SHOWN]])
            show_rows(request, model, shown)
            groups.append(
                {
                    "title": model._meta.verbose_name_plural,
                    "count": len(some),
                    "rows": [self._named(row) for row in shown.values()],
                    "more": len(some) > len(shown),
                    "at_least": any(many >= MOST_EXAMPLES for many in Counter(one.reason for one in some).values()),
                    "reasons": sorted({one.reason for one in some}),
                }
            )
        return groups

    def _seen(self, request: HttpRequest, model: Any) -> Any:
        """The rows of which the user may open the page; where there is none they are counted, not named."""
        page = self.admin_site._registry.get(model)
        verb = getattr(page, "verb_to_view", "")
        return model.objects.visible_to(request.user, verb) if verb else model.objects.none()

    def _named(self, row: Any) -> str:
        """A row as its own page names it."""
        model = type(row)
        page = self.admin_site.get_model_admin(model) if self.admin_site.is_registered(model) else None
        return page.heading(row) if isinstance(page, RecordAdmin) else str(row)

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        job, under_way = work_on(row)
        facts = [
            Fact(_("kind of file"), kind_title(row.kind)),
            Fact(_("state"), row.get_status_display()),
            *(self.fact(row, name) for name in ("institution", "uploaded_by", "uploaded_at", "today", "finished_at")),
            *(self.fact(row, name) for name in ("decided_by", "decided_at", "undone_by") if getattr(row, name)),
        ]
        return {
            "batch": row,
            "job": job,
            "facts": facts,
            "under_way": under_way,
            "may_import": can(request.user, RIGHT, row),
            "may_undo": row.status in UNDOABLE and self._may_undo(request, row),
            **self._decision(request, row),
            "counts": self._counts(row),
            "good": row.rows_total - row.rejected,
            "tables": [],
            **self._issues(request, row),
            "recordings": Recording.objects.filter(source=row.public_id).order_by("number")[:50],
        }

    def _decision(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What it changes, for whoever may store it or decides; the mark of what was shown for the latter."""
        waits, decides = waits_for_decision(row), may_decide(row, request.user)
        if row.status != State.CHECKED or not (decides or can(request.user, RIGHT, row)):
            return {}
        overview = overview_of(row, request.GET.get("c"))
        if any(one.personal for one in kind_named(row.kind).columns):
            show_persons(request, len(overview.rows))
        return {
            "overview": overview,
            "waits": waits,
            "may_decide": waits and decides,
            "may_decline": waits and self._may_decline(request, row),
            "seen": digest_of_reviews(row) if waits and decides else "",
        }

    def _counts(self, row: Any) -> list[tuple[Any, int]]:
        effect = row.chunks.aggregate(created=Sum("created"), updated=Sum("updated"), unchanged=Sum("unchanged"))
        return [
            (_("Rows"), row.rows_total),
            (_("New"), effect["created"] or 0),
            (_("Changed"), effect["updated"] or 0),
            (_("Unchanged"), effect["unchanged"] or 0),
            (_("Rejected"), row.rejected),
        ]

    def _issues(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = remarks_of(row, code=request.GET.get("code", ""), page=request.GET.get("p"))
        return {"issues": found.lines, "issues_page": found.page, "codes": found.codes, "code": found.chosen}
