"""Every rule with its default, its source, what is set where and since when; set and dropped by those who may."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import can
from common.admin import Act, ActingAdmin, DayField, Fact, Table, recorded, row_link
from common.batches import batch_label
from common.codes.regions import PROVINCES
from common.dates import today
from common.errors import DomainError
from common.parameters import takes
from common.rules import RULES, Rule
from common.tiles import province_name
from common.wording import listed
from learning_centers.models import Institution, RuleSetting, School
from learning_centers.models.majors import LevelPath
from learning_centers.rules import batch_or_none, rule, settings_of
from learning_centers.services import Setting
from people.admin.asking import WAITS
from people.models import ApprovalRequest
from people.services.guarded_rules import drop_rule_or_ask, set_rule_or_ask

GUARDS = gettext_lazy("This rule guards: what is set here waits for a second person, and the auditors are told.")


def where_to(asked: ApprovalRequest | None) -> str:
    """To what waits for a second person, or back to the rules."""
    return (asked and row_link(asked).url) or reverse("admin:learning_centers_rulesetting_changelist")


def in_words(value: Any, shipped: Rule) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return listed(shipped.choices.get(one, one) for one in value) or "—"
    if shipped.check is batch_or_none and value:
        return batch_label(value)
    return f"{value} {shipped.unit}".strip() if value != "" else "—"


def place_of(one: RuleSetting) -> str:
    """Where a setting holds: school, province, level path, or everywhere."""
    parts = [
        str(one.school or ""),
        province_name(one.province_code) if one.province_code else "",
        str(dict(LevelPath.choices).get(one.level_path, "")),
    ]
    return " · ".join(part for part in parts if part) or _("everywhere")


class RuleForm(forms.Form):
    """A value of the rule's own type, where and when it holds, and who says so."""

    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=300, help_text=gettext_lazy("The regulation or decision that says so.")
    )
    begin = DayField(label=gettext_lazy("From"), required=False, help_text=gettext_lazy("Empty: since ever."))
    end = DayField(label=gettext_lazy("Until (exclusive)"), required=False)
    school = forms.ModelChoiceField(label=gettext_lazy("Only in the school"), queryset=None, required=False)
    province_code = forms.ChoiceField(label=gettext_lazy("Only in the province"), required=False)
    level_path = forms.ChoiceField(
        label=gettext_lazy("Only for the level path"), required=False, choices=[("", "—"), *LevelPath.choices]
    )

    def __init__(self, shipped: Rule, institution: Institution, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shipped = shipped
        schools = School.objects.visible_to(user).current().filter(institution=institution)
        self.fields["school"].queryset = schools
        self.fields["province_code"].choices = [("", "—"), *((code, province_name(code)) for code in PROVINCES)]
        self.fields["value"] = value_field(shipped)
        self.order_fields(["value", "source", "begin", "end"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("begin") and said.get("end") and said["end"] <= said["begin"]:
            self.add_error("end", _("The end must lie after the beginning."))
        return said

    def setting(self, name: str) -> Setting:
        said = self.cleaned_data
        value = said["value"]
        if self.shipped.type is bool:
            value = value == "yes"
        elif self.shipped.type is Decimal:
            value = str(value)
        elif self.shipped.type is list and isinstance(value, str):
            value = [one.strip() for one in value.split(",") if one.strip()]
        school = said["school"]
        return Setting(
            name, value, said["source"], said["begin"], said["end"], school.pk if school else None,
            said["province_code"], said["level_path"],
        )  # fmt: skip


def value_field(shipped: Rule) -> forms.Field:
    label = gettext_lazy("Value")
    named: dict[str, Any] = {"label": label, "help_text": shipped.hint or shipped.unit}
    if shipped.type is bool:
        return forms.ChoiceField(choices=[("yes", _("yes")), ("no", _("no"))], **named)
    if shipped.type in (int, Decimal):
        kind = forms.IntegerField if shipped.type is int else forms.DecimalField
        return kind(min_value=shipped.least, max_value=shipped.most, **named)
    if shipped.choices:
        choices = list(shipped.choices.items())
        kind = forms.MultipleChoiceField if shipped.type is list else forms.ChoiceField
        return kind(choices=choices, required=shipped.type is not list, **named)
    if shipped.type is list:
        return forms.CharField(
            required=False, label=label, help_text=_("Separated by commas; shipped: %(default)s")
            % {"default": in_words(shipped.default, shipped)},
        )  # fmt: skip
    return forms.CharField(max_length=200, required=bool(shipped.default), **named)


def shown_value(value: Any, shipped: Rule) -> Any:
    """A value as the form field shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if shipped.type is list and not shipped.choices else value


@admin.register(RuleSetting)
class RuleAdmin(ActingAdmin):
    """The list is the page of all rules; a record is one setting."""

    verb_to_view = "learning_centers.view_structure"
    acts = (
        Act(
            name="drop",
            verb="learning_centers.set_rule",
            label=gettext_lazy("Drop this setting"),
            explanation=gettext_lazy("What holds without it holds again: a wider setting, or what is shipped."),
            carry_out=lambda row, said, by: drop_rule_or_ask(row, by=by),
            done=lambda asked: WAITS if asked else _("The setting was dropped; it stays known in the ledger."),
            danger=True,
            goes_to=where_to,
        ),
    )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.set_view)
        return [path("set/<slug:name>/", view, name="learning_centers_rulesetting_set"), *super().get_urls()]

    def heading(self, row: Any) -> str:
        return str(RULES[row.name].label) if row.name in RULES else row.name

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"facts": [*self.about(row), recorded(row)], "tables": []}

    def about(self, row: Any) -> list[Fact]:
        shipped = RULES[row.name]
        return [
            Fact(_("rule"), shipped.label),
            Fact(_("value"), in_words(row.value, shipped)),
            Fact(_("where"), place_of(row)),
            Fact(_("from"), row.begin),
            Fact(_("until (exclusive)"), row.end),
            Fact(_("source"), row.source),
            Fact(_("shipped"), in_words(shipped.default, shipped)),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise Http404
        institutions = list(request.user.institutions(self.verb_to_view))
        tables = [self._rules_of(request, one) for one in institutions]
        return self.page(request, "admin/learning_centers/rules.html", _("Rules"), tables=tables, crumbs=[])

    def _rules_of(self, request: HttpRequest, institution: Institution) -> Table:
        day = today(institution)
        seen = set(self.get_queryset(request).filter(institution=institution).values_list("pk", flat=True))
        may_set = can(request.user, "learning_centers.set_rule", institution)
        rows = []
        for name, shipped, settings in settings_of(institution):
            lines = [
                Fact("", f"{in_words(one.value, shipped)} · {place_of(one)} · {since(one)}",
                     reverse("admin:learning_centers_rulesetting_change", args=(one.pk,)))
                for one in settings if one.pk in seen
            ]  # fmt: skip
            url = reverse("admin:learning_centers_rulesetting_set", args=(name,))
            rows.append(
                {
                    "label": shipped.label, "name": name, "now": value_now(settings, shipped, day),
                    "default": in_words(shipped.default, shipped), "source": shipped.source, "settings": lines,
                    "url": f"{url}?institution={institution.public_id}" if may_set else "",
                }
            )  # fmt: skip
        return Table(str(institution), [], rows)

    @takes("institution")
    def set_view(self, request: HttpRequest, name: str) -> HttpResponse:
        if name not in RULES or not self.has_view_permission(request):
            raise Http404
        institution = self._institution(request)
        shipped = RULES[name]
        initial = {"value": shown_value(rule(name, institution, on=today(institution)), shipped)}
        form = RuleForm(shipped, institution, request.user, request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                made = set_rule_or_ask(institution, form.setting(name), by=request.user)
            except DomainError as refusal:
                form.add_error("value" if refusal.code == "value_not_possible" else None, str(refusal.message))
            else:
                asked = made if isinstance(made, ApprovalRequest) else None
                messages.success(request, WAITS if asked else _("The rule was set."))
                return redirect(where_to(asked))
        facts = [
            Fact(_("institution"), institution), Fact(_("shipped"), in_words(shipped.default, shipped)),
            Fact(_("source"), shipped.source),
        ]  # fmt: skip
        act = {"label": _("Set the rule"), "explanation": GUARDS if shipped.guards else ""}
        return self.page(
            request, "admin/act.html", shipped.label, form=form, facts=facts, act=act, back=self.list_crumb().url
        )

    def _institution(self, request: HttpRequest) -> Institution:
        found = request.user.institutions("learning_centers.set_rule")
        if asked := request.GET.get("institution"):
            found = [one for one in found if str(one.public_id) == asked]
        for one in found:
            if can(request.user, "learning_centers.set_rule", one):
                return one
        raise Http404


def since(one: RuleSetting) -> str:
    begin, end = one.begin, one.end
    if begin and end:
        return _("from %(begin)s until %(end)s") % {"begin": begin, "end": end - dt.timedelta(days=1)}
    if begin:
        return _("from %(begin)s") % {"begin": begin}
    return _("until %(end)s") % {"end": end - dt.timedelta(days=1)} if end else _("always")


def value_now(settings: list[RuleSetting], shipped: Rule, day: dt.date) -> str:
    """What holds everywhere today, unless something narrower is set."""
    holding = [
        one
        for one in settings
        if not (one.school_id or one.province_code or one.level_path)
        and (one.begin is None or one.begin <= day)
        and (one.end is None or one.end > day)
    ]
    newest = max(holding, key=lambda one: one.begin or dt.date.min, default=None)
    return in_words(newest.value if newest else shipped.default, shipped)
