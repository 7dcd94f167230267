"""Cases: opened by one person, decided by another, carried out by a job."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm, DayField, act_on, row_link
from common.dates import today
from enrollment.requests.admin.asking import suggesting
from enrollment.requests.models.requests import ChangeCase
from enrollment.requests.services.cases import approve_case, open_closing_case, reject_case, withdraw_case
from learning_centers.models import LearningCenter
from learning_centers.models.centers import CenterStatus


class ApproveForm(ActForm):
    decision_no = forms.CharField(label=gettext_lazy("Decision number"), max_length=200, required=False)

    def prepare(self) -> None:
        self.fields["decision_no"].initial = self.row.decision_no


class ReasonForm(ActForm):
    comment = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def _waits(case: ChangeCase) -> bool:
    return case.status == ChangeCase.State.SUBMITTED


CASE_ACTS = (
    Act(
        name="approve",
        verb="enrollment.approve_case",
        label=gettext_lazy("Approve the case"),
        explanation=gettext_lazy(
            "One approval for all of its requests; a job carries them out, each with its own result."
        ),
        form=ApproveForm,
        carry_out=lambda row, said, by: approve_case(row, by=by, **said),
        done=gettext_lazy("The case was approved; it is being carried out."),
        fits=_waits,
    ),
    Act(
        name="reject",
        verb="enrollment.reject_case",
        label=gettext_lazy("Reject the case"),
        form=ReasonForm,
        carry_out=lambda row, said, by: reject_case(row, by=by, **said),
        done=gettext_lazy("The case was rejected, and its requests with it."),
        danger=True,
        fits=_waits,
    ),
    Act(
        name="withdraw",
        verb="enrollment.open_case",
        label=gettext_lazy("Withdraw the case"),
        form=ReasonForm,
        carry_out=lambda row, said, by: withdraw_case(row, by=by, **said),
        done=gettext_lazy("The case was withdrawn, and its requests with it."),
        fits=_waits,
    ),
)


class CloseForm(ActForm):
    """Where the students of a closing centre go; the first centre that takes a student's major in gets the student."""

    on = DayField(label=gettext_lazy("Effective date"))
    targets = forms.CharField(
        label=gettext_lazy("Centres that take the students in"),
        max_length=200,
        help_text=gettext_lazy("Codes, the preferred one first, separated by blanks."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def prepare(self) -> None:
        self.fields["on"].initial = today(self.row.institution)
        self.fields["targets"].widget.attrs |= suggesting()

    def clean_targets(self) -> list[LearningCenter]:
        codes = self.cleaned_data["targets"].replace(",", " ").replace("，", " ").split()
        centers = LearningCenter.objects.visible_to(self.user).current().filter(institution=self.row.institution_id)
        found = {one.code: one for one in centers.filter(code__in=codes)}
        if unknown := [code for code in codes if code not in found]:
            raise ValidationError(_("There is no learning centre with the code %(code)s.") % {"code": unknown[0]})
        if self.row.code in found:
            raise ValidationError(_("The closing centre cannot take its own students in."))
        return [found[code] for code in dict.fromkeys(codes)]


def _close(center: LearningCenter, said: dict[str, Any], by: Any) -> ChangeCase:
    return open_closing_case(center, said["targets"], on=said["on"], reason=said["reason"], by=by)


act_on(
    "learning_centers.learningcenter",
    Act(
        name="close",
        verb="enrollment.open_case",
        label=gettext_lazy("Move all its students"),
        explanation=gettext_lazy(
            "One case with a line per student, to be looked through and approved by a second person. Nobody is moved before."
        ),
        form=CloseForm,
        carry_out=_close,
        done=gettext_lazy("The case was opened; look through it, a second person approves it."),
        fits=lambda center: center.status != CenterStatus.REVOKED,
        goes_to=lambda case: row_link(case).url,
    ),
)
