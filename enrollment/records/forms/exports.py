from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.admission.models.places import EntryBatch
from enrollment.records.forms.fields import PortalForm
from enrollment.records.models.students import PRESENT, Student, StudentState
from learning_centers.models.majors import LevelPath, StudyForm

ALL = ("", _("All"))


class RosterForm(PortalForm):
    """Which students of one's centre, and what the list is for."""

    ABOUT = {"required": "reason"}

    center = forms.ModelChoiceField(
        label=_("Learning centre"), queryset=None, to_field_name="public_id", empty_label=None
    )
    states = forms.MultipleChoiceField(
        label=_("State"), choices=StudentState.choices, initial=PRESENT, widget=forms.CheckboxSelectMultiple
    )
    batch = forms.ChoiceField(label=_("Batch"), required=False)
    level_path = forms.ChoiceField(label=_("Level path"), choices=[ALL, *LevelPath.choices], required=False)
    study_form = forms.ChoiceField(label=_("Study form"), choices=[ALL, *StudyForm.choices], required=False)
    in_clear = forms.BooleanField(
        label=_("Whole document numbers and phones"), required=False, help_text=_("Without it they are masked.")
    )
    reason = forms.CharField(
        label=_("What is the list for?"),
        max_length=300,
        help_text=_("Your reason stands in the file, and is kept with your name and the time."),
    )

    def __init__(self, centers: Any, *args: Any, may_see_numbers: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        students = Student.objects.current().filter(current_center__in=centers).order_by()
        self.fields["center"].queryset = centers
        batches = EntryBatch.objects.filter(pk__in=students.values("entry_batch")).order_by("-starts_on")
        self.fields["batch"].choices = [ALL, *{one.code: (one.code, str(one)) for one in batches}.values()]
        if not may_see_numbers:
            del self.fields["in_clear"]

    @property
    def terms(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "states": said["states"],
            "batch": said["batch"],
            "level_path": said["level_path"],
            "study_form": said["study_form"],
            "in_clear": said.get("in_clear", False),
        }
