"""The reasons that staff choose from, act by act, shipped and set by the institution."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Fact, Table
from enrollment.records.admin.shipped import CODE, SOURCE, ShippedAdmin, set_by
from enrollment.records.models.reasons import REASONED_ACTS, ReasonSetting
from enrollment.records.reasons import Reason, Reasons
from enrollment.records.services.reasoning import set_reason
from learning_centers.models import Institution


def acts() -> list[tuple[str, Any]]:
    return [(act, capfirst(label)) for act, label in REASONED_ACTS.items()]


class ReasonForm(forms.Form):
    act = forms.ChoiceField(label=gettext_lazy("Reason for"), choices=acts)
    code = forms.SlugField(**CODE)
    name = forms.CharField(label=gettext_lazy("Words"), max_length=100)
    name_zh = forms.CharField(label=gettext_lazy("Chinese words"), max_length=100, required=False)
    is_used = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Where it was given before, its words stay."),
    )
    source = forms.CharField(**SOURCE)


@admin.register(ReasonSetting)
class ReasonAdmin(ShippedAdmin):
    verb_to_set = "enrollment.set_reason"
    set_form = ReasonForm
    keys = ("act", "code")
    title = gettext_lazy("Reasons to choose")
    add_label = gettext_lazy("Add a reason")
    set_label = gettext_lazy("Set the reason")
    done = gettext_lazy("The reason was set.")

    def fact(self, row: Any, name: str) -> Fact:
        known = super().fact(row, name)
        return Fact(known.label, capfirst(REASONED_ACTS.get(row.act, row.act))) if name == "act" else known

    def table_of(self, institution: Institution, set_url: Any) -> Table:
        known = Reasons.of(institution)
        rows = [
            [label, Fact("", str(one), set_url(act=act, code=one.code)), one.code, one.is_used, one.source,
             set_by(is_shipped=one.is_shipped)]
            for act, label in acts()
            for one in known.all_for(act)
        ]  # fmt: skip
        columns = [_("reason for"), _("reason"), _("code"), _("in use"), _("source"), _("set by")]
        return Table(str(institution), columns, rows)

    def now(self, institution: Institution, asked: dict[str, str]) -> Any:
        return Reasons.of(institution).known.get((asked["act"], asked["code"]))

    def set(self, institution: Institution, said: dict[str, Any], by: Any) -> Any:
        return set_reason(institution, Reason(**said), by=by)
