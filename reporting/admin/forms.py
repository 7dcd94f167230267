from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.admin import DayField
from common.dates import today
from learning_centers.models import Institution
from reporting.dimensions import DIMENSIONS, STANDARD, TOTAL, Breakdown
from reporting.services import school_year

ONE_BY_ONE = [(one.id, one.title) for one in DIMENSIONS.values()]


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"


class RunForm(forms.Form):
    """What is asked: where, as of which day, since when, as known at which instant, broken down by what."""

    institution = forms.ModelChoiceField(label=_("Institution"), queryset=Institution.objects.none())
    as_of = DayField(label=_("As of"))
    since = DayField(label=_("Flows since"), required=False, help_text=_("Empty: stocks only."))
    known_at = forms.DateTimeField(
        label=_("As known at"), widget=InstantInput(), required=False, help_text=_("Empty: as known now.")
    )
    scope = forms.RegexField(
        r"^(school|center):\S+$",
        label=_("Only"),
        required=False,
        error_messages={"invalid": _("Write center: or school: and the code behind it, such as center:0102.")},
        help_text=_("center:CODE or school:CODE; empty for the whole institution."),
    )
    standard = forms.BooleanField(label=_("All usual breakdowns"), required=False, initial=True)
    rows = forms.ChoiceField(label=_("Cross table: rows"), choices=[("", "—"), *ONE_BY_ONE], required=False)
    columns = forms.ChoiceField(label=_("Cross table: columns"), choices=[("", "—"), *ONE_BY_ONE], required=False)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        institutions = user.institutions("reporting.compute_statistics")
        day = today(institutions.first())
        initial = {"institution": institutions.first(), "as_of": day, "since": school_year(day), "standard": True}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["institution"].queryset = institutions

    def breakdowns(self) -> list[Breakdown]:
        said = self.cleaned_data
        cross = tuple(dict.fromkeys(one for one in (said["rows"], said["columns"]) if one))
        usual = list(STANDARD) if said["standard"] else [TOTAL]
        return list(dict.fromkeys([*usual, cross]))


class FreezeForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("What the return is called, for example “Return of 1 September”.")
    )
    reason = forms.CharField(label=_("Remark"), max_length=300, required=False)


class RestateForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class WhyForm(forms.Form):
    student_no = forms.CharField(label=_("Student number"), max_length=15)
