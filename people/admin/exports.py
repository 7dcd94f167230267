"""Lists of persons that leave the house: asked for, let through by a second person, downloaded by whoever asked."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import can
from common.admin import Act, ActForm, ActingAdmin, Crumb, Fact, act_on, row_link
from common.admin.filters import choose
from common.errors import DomainError
from common.files import XLSX, file_response
from exchange.exports import export_kinds
from exchange.models import Export, ImportBatch
from learning_centers.models import LearningCenter
from people.services.exporting import ask_for_export, decide_export, download_export

State = Export.State


class AskForm(forms.Form):
    """Which list, of what, what for. Without a centre it is the whole institution's."""

    kind = forms.ChoiceField(label=gettext_lazy("List"))
    institution = forms.ModelChoiceField(label=gettext_lazy("Institution"), queryset=None, empty_label=None)
    center_code = forms.CharField(
        label=gettext_lazy("Learning centre"),
        required=False,
        help_text=gettext_lazy("Its code; empty for the whole institution."),
    )
    batch = forms.RegexField(
        r"^\d{4}-(spring|autumn)$",
        label=gettext_lazy("Batch"),
        required=False,
        help_text=gettext_lazy("For example 2025-autumn."),
    )
    in_clear = forms.BooleanField(
        label=gettext_lazy("Whole document numbers and phones"),
        required=False,
        help_text=gettext_lazy("Without it they are masked."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It stands in the file and, with your name, in the trail."),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["kind"].choices = [(one.name, one.title) for one in export_kinds() if not one.of_a_page]
        self.fields["institution"].queryset = user.institutions("people.ask_for_export")
        self.fields["center_code"].widget.attrs |= {
            "list": "centers", "autocomplete": "off", "hx-get": reverse("admin:learning_centers_suggest"),
            "hx-trigger": "input changed delay:200ms", "hx-target": "#centers",
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        code = said.get("center_code", "").strip()
        said["center"] = None
        if code and said.get("institution"):
            centers = LearningCenter.objects.visible_to(self.user, "people.ask_for_export").current()
            said["center"] = centers.filter(institution=said["institution"], code=code).first()
            if said["center"] is None:
                self.add_error("center_code", _("There is no learning centre with the code %(code)s.") % {"code": code})
        return said


class RefuseForm(ActForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


DECIDE = "people.decide_export"
EXPORT_ACTS = (
    Act(
        name="approve",
        verb=DECIDE,
        label=gettext_lazy("Let it through"),
        carry_out=lambda row, said, by: decide_export(row, approves=True, by=by),
        done=gettext_lazy("The export was let through; whoever asked is told when the file is ready."),
        fits=lambda row: row.status == State.WAITING,
    ),
    Act(
        name="refuse",
        verb=DECIDE,
        label=gettext_lazy("Refuse"),
        form=RefuseForm,
        carry_out=lambda row, said, by: decide_export(row, approves=False, by=by, **said),
        done=gettext_lazy("The export was refused."),
        danger=True,
        fits=lambda row: row.status == State.WAITING,
    ),
)


class WholeFileForm(ActForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It stands in the file and, with your name, in the trail."),
    )


def ask_for_whole_file(batch: ImportBatch, said: dict[str, Any], by: Any) -> Export:
    place = {"center": batch.center} if batch.center else {"institution": batch.institution}
    return ask_for_export("whole_file", {"batch": str(batch.public_id)}, reason=said["reason"], by=by, **place)


act_on(
    "exchange.importbatch",
    Act(
        name="whole",
        verb="people.export_numbers",
        label=gettext_lazy("Ask for the file with whole numbers"),
        explanation=gettext_lazy("It leaves as a list of persons does: long ones need a second person."),
        form=WholeFileForm,
        carry_out=ask_for_whole_file,
        done=gettext_lazy("The file was asked for; you are told when it is ready."),
        fits=lambda row: bool(row.rows_total and row.institution_id),
        goes_to=lambda export: row_link(export).url,
    ),
)


@admin.register(Export)
class ExportAdmin(ActingAdmin):
    verb_to_view = "people.ask_for_export"
    list_display = ["asked_at", "kind_title", "place", "rows", "asked_by", "reason", "state", "downloads"]
    list_select_related = ["institution", "center", "asked_by", "decided_by"]
    list_filter = [choose("state", gettext_lazy("state"), "status", State)]
    ordering = ["-id"]
    sortable_by = ()
    acts = EXPORT_ACTS

    @admin.display(description=gettext_lazy("list"))
    def kind_title(self, row: Any) -> Any:
        return {one.name: one.title for one in export_kinds()}.get(row.kind, row.kind)

    @admin.display(description=gettext_lazy("learning centre"))
    def place(self, row: Any) -> Any:
        return row.center or row.institution

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> str:
        return row.get_status_display()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request.user, self.verb_to_view) or can(request.user, DECIDE)

    def get_queryset(self, request: HttpRequest) -> Any:
        """What one may ask for, and what one may decide on."""
        mine = Export.objects.visible_to(request.user, self.verb_to_view)
        return (mine | Export.objects.visible_to(request.user, DECIDE)).defer("content").order_by("-id")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("ask/", view(self.ask), name="exchange_export_ask"),
            path("<uuid:public_id>/download/", view(self.download), name="exchange_export_download"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        actions = []
        if can(request.user, self.verb_to_view):
            actions.append(Crumb(_("Ask for a list"), reverse("admin:exchange_export_ask")))
        return super().changelist_view(request, {"list_actions": actions, **(extra_context or {})})

    def heading(self, row: Any) -> str:
        return f"{self.kind_title(row)} · {row.center or row.institution}"

    def may(self, request: HttpRequest, act: Act, row: Any) -> bool:
        return row.asked_by_id != request.user.pk and super().may(request, act, row)

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        names = ("reason", "asked_by", "asked_at", "rows", "decided_by", "decided_at", "name", "downloads")
        numbers = _("whole") if row.terms.get("in_clear") else _("masked")
        facts = [
            Fact(_("state"), row.get_status_display()),
            Fact(_("numbers of persons"), numbers),
            *(self.fact(row, name) for name in names),
        ]
        actions = []
        if row.status == State.MADE and row.asked_by_id == request.user.pk:
            actions.append(Crumb(_("Download"), reverse("admin:exchange_export_download", args=(row.public_id,))))
        return {"facts": facts, "actions": actions, "tables": []}

    def ask(self, request: HttpRequest) -> HttpResponse:
        if not can(request.user, self.verb_to_view):
            raise Http404
        form = AskForm(request.user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            place = {"center": said["center"]} if said["center"] else {"institution": said["institution"]}
            terms = {"batch": said["batch"], "in_clear": said["in_clear"]}
            try:
                export = ask_for_export(said["kind"], terms, reason=said["reason"], by=request.user, **place)
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
            else:
                return redirect(row_link(export).url)
        act = {"label": _("Ask for the list"), "explanation": _("Long lists need a second person.")}
        return self.page(request, "admin/act.html", _("Ask for a list"), form=form, act=act, back=self.list_crumb().url)

    def download(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        row = self.row_or_404(request, str(public_id))
        if not can(request.user, self.verb_to_view, row):
            raise Http404
        try:
            file = download_export(row, by=request.user)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            return redirect(row_link(row).url)
        return file_response(file.content, content_type=XLSX, name=file.name)
