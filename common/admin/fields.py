"""What several record pages have in common: form fields, and ways to an act from a list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin.acting import FIRST_DAY, LAST_DAY, Act, ActForm, DayField
from common.admin.scoped import Crumb
from common.codes.regions import PROVINCES, regions
from common.dates import PartialDate, today
from common.tiles import province_name

MOST_LINKS = 4


class OnForm(ActForm):
    on = DayField(label=gettext_lazy("From this day"))

    def prepare(self) -> None:
        self.fields["on"].initial = today(self.row.institution)


class PartialDateField(forms.CharField):
    """A date of which the day, the month or the year may be unknown: gives a `PartialDate`, or None if empty."""

    def __init__(self, **terms: Any) -> None:
        terms.setdefault("help_text", gettext_lazy("As exactly as it is known: 2017-11-05, 2017-11, 2017 or 1950s."))
        super().__init__(max_length=10, **terms)

    def clean(self, value: Any) -> PartialDate | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            date = PartialDate.parse(text)
        except ValueError:
            date = None
        if date is None or not FIRST_DAY.replace(year=1800) <= date.first <= LAST_DAY:
            raise ValidationError(_("Write the date as 2017-11-05, 2017-11, 2017 or 1950s."))
        return date


class PlaceForm(ActForm):
    """Province, county and address of a place; the county must lie in the province."""

    province_code = forms.ChoiceField(label=gettext_lazy("Province"), choices=[])
    region_code = forms.CharField(
        label=gettext_lazy("County or prefecture"),
        max_length=6,
        required=False,
        help_text=gettext_lazy("Its six digits (GB/T 2260)."),
    )
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)

    def prepare(self) -> None:
        self.fields["province_code"].choices = [(code, province_name(code)) for code in PROVINCES]

    def clean_region_code(self) -> str:
        code = self.cleaned_data["region_code"]
        if code and (code not in regions() or regions()[code].province != self.cleaned_data.get("province_code")):
            raise ValidationError(_("There is no such county or prefecture in the province."))
        return code


def in_order(form: ActForm, said: dict[str, Any]) -> dict[str, Any]:
    if said.get("begin") and said.get("end") and said["end"] <= said["begin"]:
        form.add_error("end", _("The end must lie after the beginning."))
    return said


def ways_to(act: Act, rows: QuerySet[Any], user: Any) -> list[Crumb]:
    """Buttons above a list that lead to an act on each of these rows for which the user holds the right, named if several."""
    found = [row for row in rows.visible_to(user, act.verb)[:MOST_LINKS] if act.fits(row)]
    route = f"admin:{rows.model._meta.app_label}_{rows.model._meta.model_name}_{act.name.replace('-', '_')}"
    return [
        Crumb(act.label if len(found) == 1 else f"{act.label} · {row}", reverse(route, args=(row.public_id,)))
        for row in found
    ]
