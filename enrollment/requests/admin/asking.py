"""Asking for a change: one student's becomes a request, several students' one case; first always what would follow."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm, Crumb, DayField, ManyAct, Outcome, row_link
from common.dates import today
from common.errors import DomainError
from common.wording import listed
from enrollment.records.life import Life
from enrollment.records.models.changes import ChangeKind, StudentChange
from enrollment.records.models.students import Student
from enrollment.records.reasons import Reasons, reasons
from enrollment.records.services.checking import count_number_check
from enrollment.records.services.facts import correctable_facts
from enrollment.records.services.future import withdraw_future_change
from enrollment.requests.models.requests import CORRECT, REVERSE, ChangeRequest, RequestStatus
from enrollment.requests.services.cases import open_same_change_case
from enrollment.requests.services.requesting import RequestDraft, edit_request, preview_draft, request_change
from learning_centers.models import LearningCenter, ProgrammeVersion


class AskForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[("", "—"), *ChangeKind.choices])
    effective_date = DayField(label=gettext_lazy("Effective date"))
    center_code = forms.CharField(
        label=gettext_lazy("New learning centre"),
        required=False,
        help_text=gettext_lazy(
            "Its code; for a change of centre, or where a reinstated student cannot return to a revoked one."
        ),
    )
    programme_version = forms.ModelChoiceField(
        label=gettext_lazy("New programme"),
        queryset=ProgrammeVersion.objects.none(),
        required=False,
        help_text=gettext_lazy("For a change of major or of study form."),
    )
    decision_no = forms.CharField(label=gettext_lazy("Decision number"), max_length=200, required=False)
    decision_date = DayField(label=gettext_lazy("Decision date"), required=False)
    applicant = forms.CharField(label=gettext_lazy("Applicant"), max_length=100, required=False)
    reason_code = forms.ChoiceField(
        label=gettext_lazy("Reason"), required=False, help_text=gettext_lazy("From the list of the kind of change.")
    )
    reason = forms.CharField(
        label=gettext_lazy("Explanation"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("Kept sealed: it may tell of health."),
    )

    def prepare(self) -> None:
        institutions = {row.institution_id for row in self.rows}
        versions = ProgrammeVersion.objects.visible_to(self.user).current().filter(institution_id__in=institutions)
        self.fields["programme_version"].queryset = versions.select_related("programme__major").order_by(
            "programme__major__code", "id"
        )
        self.fields["reason_code"].choices = [("", "—"), *grouped_reasons(self.row.institution)]
        self.centers = LearningCenter.objects.visible_to(self.user).current().filter(institution_id__in=institutions)
        self.fields["center_code"].widget.attrs |= suggesting()

    def clean_center_code(self) -> LearningCenter | None:
        return center_of(self.cleaned_data["center_code"], self.centers)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["draft"] = self.draft(said)
        return said

    def draft(self, said: dict[str, Any]) -> RequestDraft:
        center, version = said.get("center_code"), said.get("programme_version")
        plain = ("decision_no", "decision_date", "applicant", "reason_code", "reason")
        return RequestDraft(
            kind=said.get("kind", ""),
            effective_date=said.get("effective_date"),
            new_center_id=center.pk if center else None,
            new_programme_version_id=version.pk if version else None,
            **{name: said[name] for name in plain if name in said},
        )


def grouped_reasons(institution: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """The reasons of each kind of change under its name; a code that stands under several kinds is one choice in each."""
    known = Reasons.of(institution)
    found = [(str(label), known.choices(f"change.{kind}")) for kind, label in ChangeKind.choices]
    return [(capfirst(label), pairs) for label, pairs in found if pairs]


def suggesting() -> dict[str, str]:
    """A text field that offers centres while one types."""
    return {
        "list": "centers", "autocomplete": "off", "hx-get": reverse("admin:learning_centers_suggest"),
        "hx-trigger": "input changed delay:200ms", "hx-target": "#centers",
    }  # fmt: skip


def center_of(text: str, centers: Any) -> LearningCenter | None:
    code = text.strip()
    if not code:
        return None
    center = centers.filter(code=code).first()
    if center is None:
        raise ValidationError(_("There is no learning centre with the code %(code)s.") % {"code": code})
    return center


def ask(student: Student, draft: RequestDraft, by: Any) -> ChangeRequest:
    """Hand the request in; where its evidence has to be on file first, keep it as a draft to which it can be added."""
    try:
        return request_change(student, draft, by=by)
    except DomainError as refusal:
        if refusal.code != "evidence_needed":
            raise
        return request_change(student, draft, save_only=True, by=by)


def asked(request: ChangeRequest) -> str:
    """What has come of asking."""
    if request.status == RequestStatus.DRAFT:
        return _("The request is a draft: add its evidence, then hand it in.")
    return _("The request was handed in; a second person decides.")


def in_words(life: Life) -> str:
    """The last periods of a life, in a line, and how it ended."""
    periods = [f"{one.state.label} {one.begin} – {one.end or '…'}" for one in life.periods[-2:]]
    return listed([*periods, str(life.state.label)] if life.last.end else periods)


def outlook(students: Sequence[Student], said: dict[str, Any], by: Any) -> list[Outcome]:
    return [_outlook(one, said["draft"]) for one in students]


def _outlook(student: Student, draft: RequestDraft) -> Outcome:
    try:
        _before, after = preview_draft(student, draft)
    except DomainError as refusal:
        return Outcome(student, str(refusal.message))
    return Outcome(student, after=in_words(after))


def ask_for_many(students: Sequence[Student], said: dict[str, Any], by: Any) -> list[Outcome]:
    """One student's request, or one case for all whose change is possible."""
    draft = said["draft"]
    if len(students) == 1:
        return [_ask(students[0], draft, by)]
    outcomes = outlook(students, said, by)
    possible = [one.row for one in outcomes if not one.refusal]
    if not possible:
        return outcomes
    case = open_same_change_case(possible, draft, by=by)
    return [one if one.refusal else replace(one, after=_("asked for in the case"), made=case) for one in outcomes]


def _ask(student: Student, draft: RequestDraft, by: Any) -> Outcome:
    try:
        request = ask(student, draft, by)
    except DomainError as refusal:
        return Outcome(student, str(refusal.message))
    return Outcome(student, after=asked(request), made=request)


def to_the_request(outcomes: list[Outcome]) -> str:
    """To one student's request; of several students the report is shown first."""
    return row_link(outcomes[0].made).url if len(outcomes) == 1 and outcomes[0].made else ""


def to_the_case(outcomes: list[Outcome]) -> Crumb | None:
    case = next((one.made for one in outcomes if one.made), None)
    return Crumb(_("Look at the case"), row_link(case).url) if case else None


ASK = ManyAct(
    name="ask",
    verb="enrollment.request_change",
    label=gettext_lazy("Ask for a change"),
    explanation=gettext_lazy("A second person decides. For one student this makes a request, for several one case."),
    form=AskForm,
    outlook=outlook,
    carry_out=ask_for_many,
    related=("person", "institution", "current_center"),
    most=300,
    goes_to=to_the_request,
    leads_to=to_the_case,
)


class EditForm(AskForm):
    def prepare(self) -> None:
        super().prepare()
        row = self.row
        named = ("kind", "effective_date", "decision_no", "decision_date", "applicant", "reason_code", "reason")
        self.initial = {name: getattr(row, name) for name in named}
        self.initial |= {
            "center_code": row.new_center.code if row.new_center else "",
            "programme_version": row.new_programme_version_id,
        }


EDIT = Act(
    name="edit",
    verb="enrollment.request_change",
    label=gettext_lazy("Edit"),
    form=EditForm,
    carry_out=lambda row, said, by: edit_request(row, said["draft"], seen=said["seen"], by=by),
    done=gettext_lazy("The request was changed; hand it in when it is complete."),
    fits=lambda row: row.status in (RequestStatus.DRAFT, RequestStatus.RETURNED) and row.kind not in (CORRECT, REVERSE),
)


class TakeBackForm(ActForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    decision_no = forms.CharField(label=gettext_lazy("Decision number"), max_length=200, required=False)


def _take_back(change: StudentChange, said: dict[str, Any], by: Any) -> ChangeRequest:
    return ask(change.student, RequestDraft(kind=REVERSE, reverses=change, **said), by)


TAKE_BACK = Act(
    name="take-back",
    verb="enrollment.request_change",
    label=gettext_lazy("Ask to take it back"),
    explanation=gettext_lazy(
        "A document is taken back by another one, which a second person approves; both stay on file."
    ),
    form=TakeBackForm,
    carry_out=_take_back,
    done=asked,
    danger=True,
    fits=lambda change: change.in_force,
    goes_to=lambda request: row_link(request).url,
)


class ReasonForm(ActForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


WITHDRAW_FUTURE = Act(
    name="withdraw-future",
    verb="enrollment.withdraw_future_change",
    label=gettext_lazy("Withdraw before its day"),
    explanation=gettext_lazy("It has not come into force, so one person may; both documents stay on file."),
    form=ReasonForm,
    carry_out=lambda change, said, by: withdraw_future_change(change, by=by, **said),
    done=gettext_lazy("The change was withdrawn before its day."),
    danger=True,
    fits=lambda change: change.in_force and change.effective_date > today(change.student.institution),
    goes_to=lambda document: row_link(document.student).url,
)


class CorrectForm(ActForm):
    """One fact, its right value as it stands in a file, and why."""

    fact = forms.ChoiceField(label=gettext_lazy("Fact"))
    new_value = forms.CharField(
        label=gettext_lazy("Right value"),
        max_length=200,
        help_text=gettext_lazy(
            "As in a file: a day as 1990-01-31, a code or its name; a number of another document after its type "
            "(passport E12345678)."
        ),
    )
    reason_code = forms.ChoiceField(label=gettext_lazy("Reason"))
    reason = forms.CharField(label=gettext_lazy("Explanation"), max_length=1000)
    applicant = forms.CharField(label=gettext_lazy("Applicant"), max_length=100, required=False)

    def prepare(self) -> None:
        self.fields["reason_code"].choices = [("", "—"), *reasons("change.correct", self.row.institution)]
        labels = [(code, capfirst(label)) for code, label in correctable_facts()]
        self.fields["fact"].choices = [("", "—"), *labels]


def _correct(student: Student, said: dict[str, Any], by: Any) -> ChangeRequest:
    count_number_check(said["new_value"] if said["fact"] == "id_no" else "", by=by)
    return ask(student, RequestDraft(kind=CORRECT, **said), by)


CORRECT_FACT = Act(
    name="correct",
    verb="enrollment.request_change",
    label=gettext_lazy("Ask for a correction"),
    explanation=gettext_lazy(
        "Both values stay with the request; a second person decides, some facts need the province."
    ),
    form=CorrectForm,
    carry_out=_correct,
    done=asked,
    goes_to=lambda request: row_link(request).url,
)
