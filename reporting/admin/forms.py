import re
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.admin import DayField
from common.dates import today
from common.families import TOTAL, Breakdown, Family, all_families
from learning_centers.models import Institution
from reporting.services import school_year


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"


class RunForm(forms.Form):
    """What is asked: where, as of which day, since when, as known at which instant, broken down by what."""

    family = forms.ChoiceField(label=_("What is counted"), required=False)
    institution = forms.ModelChoiceField(label=_("Institution"), queryset=Institution.objects.none())
    as_of = DayField(label=_("As of"))
    since = DayField(label=_("Flows since"), required=False, help_text=_("Empty: stocks only."))
    known_at = forms.DateTimeField(
        label=_("As known at"), widget=InstantInput(), required=False, help_text=_("Empty: as known now.")
    )
    scope = forms.RegexField(
        r"^[a-z_]+:\S+$",  # which levels there are, the family says
        label=_("Only"),
        required=False,
        error_messages={"invalid": _("Write center: or school: and the code behind it, such as center:0102.")},
        help_text=_("center:CODE or school:CODE; empty for the whole institution."),
    )
    standard = forms.BooleanField(label=_("All usual breakdowns"), required=False, initial=True)
    rows = forms.ChoiceField(label=_("Cross table: rows"), required=False)
    columns = forms.ChoiceField(label=_("Cross table: columns"), required=False)

    def __init__(self, user: Any, family: Family, *args: Any, **kwargs: Any) -> None:
        institutions = user.institutions("reporting.compute_statistics")
        day = today(institutions.first())
        initial = {"family": family.name, "institution": institutions.first(), "as_of": day, "standard": True}
        initial["since"] = school_year(day)
        super().__init__(*args, initial=initial, **kwargs)
        self.family = family
        self.fields["institution"].queryset = institutions
        self._choose("family", [(one.name, one.title) for one in all_families()])
        if len(all_families()) == 1:  # nothing to choose
            self.fields["family"].widget = forms.HiddenInput()
        self.fields["scope"].regex = rf"^({'|'.join(map(re.escape, family.scope_levels)) or '(?!)'}):\S+$"
        for side in ("rows", "columns"):
            self._choose(side, [("", "—"), *((one.id, one.title) for one in family.dimensions)])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean_family(self) -> str:
        return self.family.name

    def breakdowns(self) -> list[Breakdown]:
        said = self.cleaned_data
        cross = tuple(dict.fromkeys(one for one in (said["rows"], said["columns"]) if one))
        usual = list(self.family.standard) if said["standard"] else [TOTAL]
        return list(dict.fromkeys([*usual, cross]))


class FreezeForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("What the return is called, for example “Return of 1 September”.")
    )
    reason = forms.CharField(label=_("Remark"), max_length=300, required=False)


class RestateForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class WhyForm(forms.Form):
    """Asks for a subject of the family by its number."""

    def __init__(self, family: Family, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number: Any = family.subject._meta.get_field(family.number)
        self.fields[family.number] = forms.CharField(label=capfirst(number.verbose_name), max_length=number.max_length)
