"""What is looked at before an applicant is admitted, shipped and set by the institution; and the reasons to choose from."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.access import can
from common.admin import Crumb, Fact, RecordAdmin, Table
from common.admin.scoped import recorded
from common.errors import DomainError
from enrollment.checklist import Item, reasons, shipped_items
from enrollment.models import ChecklistItem
from enrollment.services.checklisting import set_checklist_item
from learning_centers.models import Institution
from learning_centers.models.majors import LevelPath

SET = "enrollment.set_checklist_item"
REASONS = {
    "return": gettext_lazy("Reasons to send an application back"),
    "reject": gettext_lazy("Reasons to reject an application"),
    "withdraw": gettext_lazy("Reasons to withdraw an application"),
    "late": gettext_lazy("Reasons for a late arrival"),
    "keep": gettext_lazy("Reasons to keep a place"),
    "lapse": gettext_lazy("Reasons why a place lapses"),
}


class ItemForm(forms.Form):
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("A word for machines; it is never changed.")
    )
    name = forms.CharField(label=pgettext_lazy("checklist", "Name"), max_length=100)
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=100, required=False)
    level_path = forms.ChoiceField(
        label=gettext_lazy("Only for the level path"), required=False, choices=[("", "—"), *LevelPath.choices]
    )
    is_required = forms.BooleanField(label=gettext_lazy("Needed for acceptance"), required=False)
    is_used = forms.BooleanField(label=gettext_lazy("In use"), required=False)
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("The regulation or decision that says so."),
    )

    def item(self) -> Item:
        return Item(**{name: value for name, value in self.cleaned_data.items() if name != "is_used"})


@admin.register(ChecklistItem)
class ChecklistItemAdmin(RecordAdmin):
    """The list is the page of all items; a record is what the institution has set."""

    verb_to_view = "enrollment.view_applications"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.set_view)
        return [path("set/", view, name="enrollment_checklistitem_set"), *super().get_urls()]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        names = ("code", "name", "name_zh", "level_path", "is_required", "is_used", "source")
        return {"facts": [*(self.fact(row, name) for name in names), recorded(row)], "tables": []}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise Http404
        institutions = list(request.user.institutions(self.verb_to_view))
        tables = [self._items_of(request, one) for one in institutions]
        tables += [Table(label, [_("reason"), _("code")], [[words, code] for code, words in reasons(act)])
                   for act, label in REASONS.items()]  # fmt: skip
        settable = [one for one in institutions if can(request.user, SET, one)]
        actions = [Crumb(_("Add an item"), self._set_url(one)) for one in settable[:1]]
        return self.page(
            request, "admin/record.html", _("Checklist and reasons"), tables=tables, actions=actions, crumbs=[]
        )

    def _set_url(self, institution: Institution, **terms: str) -> str:
        asked = urlencode({"institution": institution.public_id, **terms})
        return f"{reverse('admin:enrollment_checklistitem_set')}?{asked}"

    def _items_of(self, request: HttpRequest, institution: Institution) -> Table:
        own = {(one.code, one.level_path): one for one in self.get_queryset(request).filter(institution=institution)}
        shipped = {(one.code, one.level_path): one for one in shipped_items()}
        may_set = can(request.user, SET, institution)
        rows = []
        for code, path_code in dict.fromkeys([*shipped, *own]):
            one: Any = own.get((code, path_code)) or shipped[code, path_code]
            is_own = (code, path_code) in own
            url = self._set_url(institution, code=code, level_path=path_code) if may_set else None
            rows.append(
                [Fact("", str(one) if not is_own else local_name(one), url),
                 LevelPath(path_code).label if path_code else _("all"), one.is_required, getattr(one, "is_used", True),
                 one.source, _("the institution") if is_own else _("shipped")]
            )  # fmt: skip
        columns = [
            _("item"), _("level path"), _("needed for acceptance"), _("in use"), _("source"), _("set by"),
        ]  # fmt: skip
        return Table(str(institution), columns, rows)

    def set_view(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET
        found = [one for one in request.user.institutions(SET) if str(one.public_id) == asked.get("institution")]
        if not found or not can(request.user, SET, found[0]):
            raise Http404
        institution = found[0]
        form = ItemForm(request.POST or None, initial=self._initial(institution, asked))
        if request.method == "POST" and form.is_valid():
            try:
                set_checklist_item(institution, form.item(), is_used=form.cleaned_data["is_used"], by=request.user)
            except DomainError as refusal:
                form.add_error("source", str(refusal.message))
            else:
                messages.success(request, _("The item was set."))
                return redirect("admin:enrollment_checklistitem_changelist")
        facts = [Fact(_("institution"), institution)]
        act = {"label": _("Set the item")}
        return self.page(
            request,
            "admin/act.html",
            _("Item of the checklist"),
            form=form,
            facts=facts,
            act=act,
            back=self.list_crumb().url,
        )

    def _initial(self, institution: Institution, asked: Any) -> dict[str, Any]:
        """What holds now for the item that is asked for."""
        same = {"code": asked.get("code", ""), "level_path": asked.get("level_path", "")}
        row = ChecklistItem.objects.current().filter(institution=institution, **same).first()
        shipped = [one for one in shipped_items() if (one.code, one.level_path) == tuple(same.values())]
        known: Any = row or next(iter(shipped), None)
        if known is None:
            return {"is_required": True, "is_used": True}
        return {field: getattr(known, field, True) for field in ItemForm.base_fields}


def local_name(row: ChecklistItem) -> str:
    return str(Item(row.code, row.name, row.name_zh))
