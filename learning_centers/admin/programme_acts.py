"""Which programmes a school opens for which entry batches (docs/rules.md §2.1, §2.2)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm
from common.batches import batch_of, batches_around, first_day
from common.dates import today
from learning_centers.models import Offering, School
from learning_centers.models.majors import LevelPath, StudyForm
from learning_centers.services import OfferingDraft, close_offering, offer_programme

HALVES = {"max_digits": 3, "decimal_places": 1, "step_size": Decimal("0.5"), "max_value": Decimal(10)}


class OfferingForm(ActForm):
    major_code = forms.CharField(label=gettext_lazy("Major code"), max_length=8)
    major_name = forms.CharField(
        label=gettext_lazy("Major"), max_length=50, help_text=gettext_lazy("A major that is known keeps its name.")
    )
    major_name_en = forms.CharField(label=gettext_lazy("English name"), max_length=100, required=False)
    level_path = forms.ChoiceField(label=gettext_lazy("Level path"), choices=LevelPath.choices)
    study_form = forms.ChoiceField(label=gettext_lazy("Study form"), choices=StudyForm.choices)
    years = forms.DecimalField(label=gettext_lazy("Normal length (years)"), min_value=Decimal("0.5"), **HALVES)
    max_years = forms.DecimalField(
        label=gettext_lazy("Maximum length (years)"), min_value=Decimal("0.5"), required=False,
        help_text=gettext_lazy("Empty: as usual for the level path."), **HALVES,
    )  # fmt: skip
    credits = forms.DecimalField(
        label=gettext_lazy("Required credits"), max_digits=5, decimal_places=1, min_value=1, required=False,
        help_text=gettext_lazy("Empty: as usual for the level path."),
    )  # fmt: skip
    open_from = forms.ChoiceField(label=gettext_lazy("First batch"), choices=[])
    open_to = forms.ChoiceField(label=gettext_lazy("Last batch"), choices=[], required=False)

    def prepare(self) -> None:
        batches = batches_around(today(self.row.institution))
        self.fields["open_from"].choices = batches
        self.fields["open_from"].initial = batch_of(today(self.row.institution))
        self.fields["open_to"].choices = [("", _("open")), *batches]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("years") and said.get("max_years") and said["max_years"] < said["years"]:
            self.add_error("max_years", _("The maximum length is shorter than the normal one."))
        return said


class ClosingForm(ActForm):
    offering = forms.ModelChoiceField(label=gettext_lazy("Open from"), queryset=None)
    open_to = forms.ChoiceField(label=gettext_lazy("Last batch"), choices=[])

    def prepare(self) -> None:
        offerings = Offering.objects.visible_to(self.user).current().filter(programme_version=self.row)
        field = self.fields["offering"]
        field.queryset = offerings.order_by("open_from")
        field.label_from_instance = lambda one: one.open_from.isoformat()
        field.initial = field.queryset.last()
        self.fields["open_to"].choices = batches_around(today(self.row.institution))
        self.fields["open_to"].initial = batch_of(today(self.row.institution))


def _offer(school: School, said: dict[str, Any], by: Any) -> Offering:
    begin, end = first_day(said["open_from"]), first_day(said["open_to"]) if said["open_to"] else None
    code = said["major_code"].strip().upper()
    return offer_programme(
        school, OfferingDraft(**said | {"major_code": code, "open_from": begin, "open_to": end}), by=by
    )


OFFER_PROGRAMME = Act(
    name="offer-programme",
    verb="learning_centers.offer_programme",
    label=gettext_lazy("Open a programme"),
    explanation=gettext_lazy(
        "For entry batches, in one study form; learning centres then file the major and offer it."
    ),
    form=OfferingForm,
    carry_out=_offer,
    done=gettext_lazy("The programme is open for these batches."),
    fits=lambda school: school.closed_on is None,
)
CLOSE_OFFERING = Act(
    name="close-offering",
    verb="learning_centers.close_offering",
    label=gettext_lazy("Close for new batches"),
    explanation=gettext_lazy("No batch after the last one; students of earlier batches go on."),
    form=ClosingForm,
    carry_out=lambda row, said, by: close_offering(said["offering"], first_day(said["open_to"]), by=by),
    done=gettext_lazy("The last batch was recorded."),
)
