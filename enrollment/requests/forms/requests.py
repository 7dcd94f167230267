"""Asking for a change: which kinds a learning centre may ask for, and what each of them needs to be told."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.dates import today
from enrollment.records.forms.fields import FilesField, PortalForm
from enrollment.records.models.changes import ChangeKind
from enrollment.records.models.students import Student
from enrollment.records.reasons import reasons
from enrollment.records.services.facts import correctable_facts
from enrollment.records.services.revealing import is_number
from enrollment.records.services.terms import student_rule
from enrollment.requests.models.requests import CORRECT
from enrollment.requests.services.requesting import RequestDraft
from exchange.issues import CODES
from learning_centers.models import CenterOffering, LearningCenter, ProgrammeVersion

KINDS: dict[str, Any] = {
    ChangeKind.SUSPEND: _("The student pauses, usually for a year, and keeps the place."),
    ChangeKind.RESUME: _("The student comes back from a suspension."),
    ChangeKind.CHANGE_CENTER: _("The student goes on at another learning centre; both centres are asked."),
    ChangeKind.CHANGE_MAJOR: _("Another major of the same level and form."),
    ChangeKind.CHANGE_FORM: _("The same programme in another study form."),
    ChangeKind.REPEAT_YEAR: _("The student falls back by one year."),
    ChangeKind.TRANSFER_OUT: _("The student goes on at another institution."),
    ChangeKind.WITHDRAW: _("The student leaves without finishing."),
    ChangeKind.DECEASED: _("The student has died."),
    CORRECT: _("Something that is known about the student is wrong; both values stay on record."),
}
"""What coordinators ask for; expulsion, cancellation and conferral begin with the registrar."""

NEEDS_CENTER = {ChangeKind.CHANGE_CENTER}
NEEDS_PROGRAMME = {ChangeKind.CHANGE_MAJOR, ChangeKind.CHANGE_FORM}


def kind_label(kind: str) -> Any:
    return _("correction") if kind == CORRECT else ChangeKind(kind).label


def _alike(student: Student, kind: str) -> dict[str, Any]:
    """What another programme must share with the present one (docs/rules.md §2.4)."""
    present = student.current_programme_version
    if present is None:
        return {}
    if kind == ChangeKind.CHANGE_FORM:
        return {"programme": present.programme_id}
    return {"programme__level_path": present.programme.level_path, "study_form": present.study_form}


class RequestForm(PortalForm):
    """The form of one kind of change for one student. Another centre is named by its code: none is listed here."""

    ABOUT = {
        "change_before_entry": "effective_date",
        "change_after_terminal": "effective_date",
        "change_overlaps": "effective_date",
        "change_not_possible": "effective_date",
        "later_change_in_the_way": "effective_date",
        "too_far_ahead": "effective_date",
        "not_happened_yet": "effective_date",
        "suspension_over": "effective_date",
        "not_in_transfer_month": "effective_date",
        "transfer_in_first_term": "effective_date",
        "transfer_in_final_year": "effective_date",
        "major_change_too_late": "effective_date",
        "other_school": "new_programme",
        "other_discipline": "new_programme",
        "center_stopped_intake": "new_center",
        "center_filing_lapsed": "new_center",
        "major_not_open_at_center": "new_center",
        "evidence_needed": "evidence",
        "nothing_changes": "new_value",
        "contradicts_number": "new_value",
        "number_taken": "new_value",
        "too_many_files": "evidence",
        "file_too_large": "evidence",
        "file_empty": "evidence",
        "file_type_not_allowed": "evidence",
        "file_broken": "evidence",
        "file_not_harmless": "evidence",
        "picture_too_large": "evidence",
    }

    effective_date = forms.DateField(
        label=_("From which day is it to hold?"), help_text=_("It may lie in the past or in the future.")
    )
    new_center = forms.CharField(
        label=_("Code of the new learning centre"), max_length=10, help_text=_("Ask the other centre for its code.")
    )
    new_programme = forms.ModelChoiceField(label=_("New programme"), queryset=ProgrammeVersion.objects.none())
    fact = forms.ChoiceField(label=_("What is wrong?"))
    new_value = forms.CharField(
        label=_("What would be right?"),
        max_length=100,
        help_text=_("Dates as 2025-09-01; words as in your spreadsheets."),
    )
    reason_code = forms.ChoiceField(label=_("Reason"))
    reason = forms.CharField(
        label=_("Explanation"), widget=forms.Textarea({"rows": 3}), max_length=1000, help_text=_("It is kept sealed.")
    )
    evidence = FilesField(
        label=pgettext_lazy("papers", "Evidence"),
        required=False,
        help_text=_("Photos or scans: JPEG, PNG or PDF. Several may be chosen."),
    )

    def __init__(self, student: Student, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.student, self.kind = student, kind
        needing = student_rule("change_needs_evidence", student, today(student.institution))
        self.fields["evidence"].needed = kind in needing  # before it is handed in; a draft may miss it
        if kind == CORRECT:
            del self.fields["effective_date"]
            self.fields["fact"].choices = [
                ("", _("Choose")),
                *((code, capfirst(name)) for code, name in correctable_facts()),
            ]
        else:
            del self.fields["fact"], self.fields["new_value"]
        if known := reasons(f"change.{kind}", student.institution):
            self.fields["reason_code"].choices = [("", _("Choose")), *known]
            self.fields["reason"].required = False
        else:
            del self.fields["reason_code"]
        if kind not in NEEDS_CENTER:
            del self.fields["new_center"]
        if kind not in NEEDS_PROGRAMME:
            del self.fields["new_programme"]
        else:
            offered = CenterOffering.objects.current().filter(center=student.current_center_id)
            versions = ProgrammeVersion.objects.current().filter(pk__in=offered.values("programme_version"))
            versions = versions.filter(**_alike(student, kind)).exclude(pk=student.current_programme_version_id)
            self.fields["new_programme"].queryset = versions.select_related("programme__major")
            self.fields["new_programme"].empty_label = str(_("Choose"))

    def refused_at(self, refusal: Any) -> None:
        """What is wrong with the value of a correction is said as of a cell of a file."""
        if self.kind == CORRECT and refusal.code in CODES and refusal.code not in self.ABOUT:
            refusal.details.setdefault("field", "new_value")
        super().refused_at(refusal)

    def clean_new_center(self) -> LearningCenter:
        """A centre of the same institution by its exact code."""
        code = self.cleaned_data["new_center"].strip()
        known = LearningCenter.objects.current().filter(institution=self.student.institution_id, code=code)
        center = known.exclude(pk=self.student.current_center_id).first()
        if center is None:
            raise forms.ValidationError(_("There is no other learning centre with this code."))
        return center

    @property
    def draft(self) -> RequestDraft:
        said = self.cleaned_data
        return RequestDraft(
            kind=self.kind,
            effective_date=said.get("effective_date"),
            fact=said.get("fact", ""),
            new_value=said.get("new_value", ""),
            new_center_id=said["new_center"].pk if "new_center" in said else None,
            new_programme_version_id=said["new_programme"].pk if "new_programme" in said else None,
            reason_code=said.get("reason_code", ""),
            reason=said["reason"],
            applicant=str(self.student.person),
        )

    @property
    def typed_number(self) -> str:
        """The number of an identity document that is asked for."""
        return self.cleaned_data.get("new_value", "") if self.cleaned_data.get("fact") == "id_no" else ""

    @staticmethod
    def initial_of(request: Any) -> dict[str, Any]:
        """What a request that is edited says already."""
        return {
            "effective_date": request.effective_date,
            "new_center": request.new_center.code if request.new_center else "",
            "new_programme": request.new_programme_version_id,
            "fact": request.fact,
            "new_value": "" if is_number(request) else request.new_value,
            "reason_code": request.reason_code,
            "reason": request.reason,
        }


class ConsentForm(PortalForm):
    ABOUT = {"required": "comment"}

    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=300, help_text=_("Needed if you do not agree.")
    )
