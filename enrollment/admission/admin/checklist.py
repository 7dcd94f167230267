"""What is looked at before an applicant is admitted, shipped and set by the institution."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.admin import Fact, Table
from enrollment.admission.checklist import Item, shipped_items
from enrollment.admission.models.applications import ChecklistItem
from enrollment.admission.services.checklisting import set_checklist_item
from enrollment.records.admin.shipped import CODE, SOURCE, ShippedAdmin, set_by
from learning_centers.models import Institution
from learning_centers.models.majors import LevelPath


class ItemForm(forms.Form):
    code = forms.SlugField(**CODE)
    name = forms.CharField(label=pgettext_lazy("checklist", "Name"), max_length=100)
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=100, required=False)
    level_path = forms.ChoiceField(
        label=gettext_lazy("Only for the level path"), required=False, choices=[("", "—"), *LevelPath.choices]
    )
    is_required = forms.BooleanField(label=gettext_lazy("Needed for acceptance"), required=False, initial=True)
    is_used = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)
    source = forms.CharField(**SOURCE)


@admin.register(ChecklistItem)
class ChecklistItemAdmin(ShippedAdmin):
    verb_to_set = "enrollment.set_checklist_item"
    set_form = ItemForm
    keys = ("code", "level_path")
    title = gettext_lazy("Checklist")
    add_label = gettext_lazy("Add an item")
    set_label = gettext_lazy("Set the item")
    done = gettext_lazy("The item was set.")

    def table_of(self, institution: Institution, set_url: Any) -> Table:
        own = self._own(institution)
        rows = []
        for key, one in {**{(item.code, item.level_path): item for item in shipped_items()}, **own}.items():
            code, path = key
            words = Item(code, one.name, one.name_zh)
            rows.append(
                [Fact("", str(words), set_url(code=code, level_path=path)),
                 LevelPath(path).label if path else _("all"), one.is_required, getattr(one, "is_used", True),
                 one.source, set_by(is_shipped=key not in own)]
            )  # fmt: skip
        columns = [
            _("item"), _("level path"), _("needed for acceptance"), _("in use"), _("source"), _("set by"),
        ]  # fmt: skip
        return Table(str(institution), columns, rows)

    def now(self, institution: Institution, asked: dict[str, str]) -> Any:
        key = tuple(asked.values())
        shipped = {(item.code, item.level_path): item for item in shipped_items()}
        return self._own(institution).get(key) or shipped.get(key)

    def set(self, institution: Institution, said: dict[str, Any], by: Any) -> Any:
        values = {name: value for name, value in said.items() if name != "is_used"}
        return set_checklist_item(institution, Item(**values), is_used=said["is_used"], by=by)

    def _own(self, institution: Institution) -> dict[tuple[str, str], Any]:
        rows = ChecklistItem.objects.current().filter(institution=institution)
        return {(one.code, one.level_path): one for one in rows}
