from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.records.forms.fields import PortalForm
from exchange.issues import CODES
from exchange.kinds import FileKind, all_kinds
from learning_centers.models import LearningCenter

LARGEST = 20 * 1024 * 1024
SHEETS = ".xlsx,.xls,.ods,.csv,.txt,.tsv,.dbf"


def kinds_of_centers() -> list[FileKind]:
    return [kind for kind in all_kinds() if "center" in kind.handed_in_at]


class UploadForm(PortalForm):
    """A spreadsheet of one of my centres; what may be uploaded here is what a centre may hand in."""

    kind = forms.ChoiceField(label=_("What is in it"))
    center = forms.ModelChoiceField(
        label=_("Learning centre"), queryset=LearningCenter.objects.none(), to_field_name="public_id", empty_label=None
    )
    file = forms.FileField(
        label=_("Spreadsheet"),
        widget=forms.ClearableFileInput({"accept": SHEETS}),
        help_text=_("xlsx, xls, ods, csv or dbf. It is checked first; nothing is stored before you say so."),
    )

    def __init__(self, centers: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.name, kind.title) for kind in kinds_of_centers()]
        self.fields["center"].queryset = centers
        for name in ("kind", "center"):
            options = list(self.fields[name].choices)
            if len(options) == 1:
                self.fields[name].initial = options[0][0]
                self.fields[name].widget = forms.HiddenInput()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(CODES["file_too_large"].sentence)
        return file
