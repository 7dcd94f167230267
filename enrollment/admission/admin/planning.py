"""What a batch offers, as short forms: the days of its functions, provincial plans, places at centres."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm, DayField, act_on, row_link
from common.batches import batch_of, batches_around
from common.codes.regions import PROVINCES
from common.dates import plus_months, today
from common.tiles import province_name
from enrollment.admission.models.places import AdmissionPlace, BatchWindow, EntryBatch
from enrollment.admission.services.planning import open_batch, set_places, set_provincial_plan, set_window
from enrollment.requests.admin.asking import center_of, suggesting
from learning_centers.models import CenterOffering, LearningCenter, Major, ProgrammeVersion, School
from learning_centers.models.majors import LevelPath, StudyForm


class WindowForm(ActForm):
    function = forms.ChoiceField(label=gettext_lazy("Function"), choices=BatchWindow.Function.choices)
    begin = DayField(label=gettext_lazy("From"), required=False, help_text=gettext_lazy("Empty: since ever."))
    end = DayField(label=gettext_lazy("Until (exclusive)"), required=False, help_text=gettext_lazy("Empty: for ever."))
    school = forms.ModelChoiceField(
        label=gettext_lazy("Only for the school"),
        queryset=School.objects.none(),
        required=False,
        help_text=gettext_lazy("A school's own days stand instead of the institution's."),
    )

    def prepare(self) -> None:
        schools = School.objects.visible_to(self.user).current()
        self.fields["school"].queryset = schools.filter(institution=self.row.institution_id)


class PlanForm(ActForm):
    province_code = forms.ChoiceField(label=gettext_lazy("Province"))
    major = forms.ModelChoiceField(label=gettext_lazy("Major"), queryset=Major.objects.none())
    level_path = forms.ChoiceField(label=gettext_lazy("Level path"), choices=LevelPath.choices)
    study_form = forms.ChoiceField(label=gettext_lazy("Study form"), choices=StudyForm.choices)
    quota = forms.IntegerField(label=gettext_lazy("Quota"), min_value=0, max_value=1_000_000)
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=200, help_text=gettext_lazy("The notice of the province's authority.")
    )

    def prepare(self) -> None:
        self.fields["province_code"].choices = [(code, province_name(code)) for code in PROVINCES]
        majors = Major.objects.visible_to(self.user).current().filter(institution=self.row.institution_id)
        self.fields["major"].queryset = majors.order_by("code")


class PlacesForm(ActForm):
    """Places at a centre for a programme that is offered there."""

    center_code = forms.CharField(label=gettext_lazy("Learning centre"), help_text=gettext_lazy("Its code."))
    version = forms.ModelChoiceField(label=gettext_lazy("Programme"), queryset=ProgrammeVersion.objects.none())
    quota = forms.IntegerField(label=gettext_lazy("Quota"), min_value=0, max_value=100_000)
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=200, required=False)

    def prepare(self) -> None:
        versions = ProgrammeVersion.objects.visible_to(self.user).current().filter(institution=self.row.institution_id)
        self.fields["version"].queryset = versions.select_related("programme__major").order_by(
            "programme__major__code", "id"
        )
        self.fields["center_code"].widget.attrs |= suggesting()

    def clean_center_code(self) -> LearningCenter | None:
        centers = LearningCenter.objects.visible_to(self.user, "enrollment.set_places").current()
        return center_of(self.cleaned_data["center_code"], centers.filter(institution=self.row.institution_id))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        center, version = said.get("center_code"), said.get("version")
        if center and version:
            offered = CenterOffering.objects.visible_to(self.user, "enrollment.set_places").current()
            said["offering"] = offered.filter(center=center, programme_version=version).first()
            if said["offering"] is None:
                self.add_error(
                    "version", _("This programme is not offered there; offer it on the centre's page first.")
                )
        return said


class QuotaForm(ActForm):
    quota = forms.IntegerField(label=gettext_lazy("Quota"), min_value=0, max_value=100_000)
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=200, required=False)

    def prepare(self) -> None:
        self.initial = {"quota": self.row.quota, "remark": self.row.remark}


def _set_plan(batch: EntryBatch, said: dict[str, Any], by: Any) -> Any:
    keys = ("province_code", "major", "level_path", "study_form", "quota")
    return set_provincial_plan(batch, *(said[key] for key in keys), source=said["source"], by=by)


def _set_places(batch: EntryBatch, said: dict[str, Any], by: Any) -> AdmissionPlace:
    return set_places(batch, said["offering"], said["quota"], remark=said["remark"], by=by)


class BatchForm(ActForm):
    code = forms.ChoiceField(label=gettext_lazy("Batch"), choices=[])

    def prepare(self) -> None:
        day = today(self.row)
        known = set(EntryBatch.objects.filter(institution=self.row).values_list("code", flat=True))
        self.fields["code"].choices = [(code, label) for code, label in batches_around(day) if code not in known]
        self.fields["code"].initial = batch_of(plus_months(day, 6))


OPEN_BATCH = Act(
    name="open-batch",
    verb="enrollment.open_batch",
    label=gettext_lazy("Open an entry batch"),
    explanation=gettext_lazy("To plan its days and places by hand; files open those that they name by themselves."),
    form=BatchForm,
    carry_out=lambda row, said, by: open_batch(row, said["code"], by=by),
    done=gettext_lazy("The batch is open: set its days, plans and places."),
    goes_to=lambda batch: row_link(batch).url,
)
act_on("learning_centers.institution", OPEN_BATCH)

BATCH_ACTS = (
    Act(
        name="window",
        verb="enrollment.set_window",
        label=gettext_lazy("Set the days of a function"),
        explanation=gettext_lazy("A function without days is open. New days stand instead of the earlier ones."),
        form=WindowForm,
        carry_out=lambda row, said, by: set_window(row, by=by, **said),
        done=gettext_lazy("The days were set."),
    ),
    Act(
        name="places",
        verb="enrollment.set_places",
        label=gettext_lazy("Set places at a centre"),
        form=PlacesForm,
        carry_out=_set_places,
        done=gettext_lazy("The places were set."),
    ),
    Act(
        name="plan",
        verb="enrollment.set_provincial_plan",
        label=gettext_lazy("Set a provincial plan"),
        explanation=gettext_lazy("The places of the centres in the province never add up to more."),
        form=PlanForm,
        carry_out=_set_plan,
        done=gettext_lazy("The provincial plan was set."),
    ),
)

SET_QUOTA = Act(
    name="quota",
    verb="enrollment.set_places",
    label=gettext_lazy("Set the quota"),
    explanation=gettext_lazy("Who has a place keeps it: not below what is taken, not above the provincial plan."),
    form=QuotaForm,
    carry_out=lambda row, said, by: set_places(row.batch, row.center_offering, by=by, **said),
    done=gettext_lazy("The quota was set; the earlier one stays known in the ledger."),
    goes_to=lambda place: row_link(place).url,
)
