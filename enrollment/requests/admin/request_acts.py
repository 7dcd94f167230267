"""What can be done to a request: by whoever asked, and by the second person."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm, DayField
from common.dates import today
from common.wording import labelled
from enrollment.attachments.admin.papers import attaching
from enrollment.records.services.terms import student_rule
from enrollment.requests.models.requests import ALIVE, CORRECT, ChangeRequest, RequestParty, RequestStatus
from enrollment.requests.services.consenting import give_consent, waive_consent
from enrollment.requests.services.request_steps import writers_of
from enrollment.requests.services.requesting import (
    approve_request,
    reject_request,
    return_request,
    submit_request,
    withdraw_request,
)

Consent = RequestParty.Consent


class DecisionForm(ActForm):
    decision_no = forms.CharField(label=gettext_lazy("Decision number"), max_length=200, required=False)
    decision_date = DayField(label=gettext_lazy("Decision date"), required=False)
    provincial_approval_no = forms.CharField(
        label=gettext_lazy("Number of the provincial approval"), max_length=200, required=False
    )

    def prepare(self) -> None:
        for name in ("decision_no", "decision_date"):
            self.fields[name].initial = getattr(self.row, name)
        if self.row.kind != CORRECT:
            del self.fields["provincial_approval_no"]
        else:
            needing = student_rule("correction_needs_province", self.row.student, today(self.row.institution))
            self.fields["provincial_approval_no"].required = self.row.fact in needing


class CommentForm(ActForm):
    comment = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=gettext_lazy("Whoever asked reads it."),
    )


class WithdrawForm(ActForm):
    comment = forms.CharField(label=gettext_lazy("Reason"), max_length=1000, required=False)


class SideForm(ActForm):
    """A side of the transfer that has not spoken yet."""

    verb = "enrollment.waive_consent"
    party = forms.ModelChoiceField(label=gettext_lazy("Learning centre"), queryset=None)

    def prepare(self) -> None:
        waiting = RequestParty.objects.filter(request=self.row, consent=Consent.WAITING).select_related("center")
        self.fields["party"].queryset = waiting.visible_to(self.user, self.verb)
        self.fields["party"].label_from_instance = lambda one: labelled(one.get_side_display(), one.center)


class WaiveForm(SideForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("For example: the student never came to this centre."),
    )


class ConsentForm(SideForm):
    verb = "enrollment.consent_change"
    agrees = forms.ChoiceField(
        label=gettext_lazy("The centre"),
        choices=[("yes", gettext_lazy("agrees")), ("no", gettext_lazy("does not agree"))],
    )
    comment = forms.CharField(label=gettext_lazy("Comment"), max_length=300, required=False)


def _consent(row: ChangeRequest, said: dict[str, Any], by: Any) -> ChangeRequest:
    agrees = said["agrees"] == "yes"
    return give_consent(said["party"], agrees=agrees, comment=said["comment"], seen=said["seen"], by=by)


def _status(*statuses: str) -> Any:
    return lambda row: row.status in statuses and row.case_id is None


def _waits_for_a_centre(row: ChangeRequest) -> bool:
    return row.status == RequestStatus.SUBMITTED and row.side_is_asked


UNDER_WAY = _status(*ALIVE)
WITH_THE_ASKER = _status(RequestStatus.DRAFT, RequestStatus.RETURNED)
TO_DECIDE = _status(RequestStatus.SUBMITTED)

REQUEST_ACTS = (
    Act(
        name="approve",
        verb="enrollment.approve_change",
        label=gettext_lazy("Approve"),
        explanation=gettext_lazy("The document is written and the periods follow, as the record of the request shows."),
        form=DecisionForm,
        carry_out=lambda row, said, by: approve_request(row, by=by, **said),
        done=gettext_lazy("The request was approved; the document is written."),
        fits=TO_DECIDE,
    ),
    Act(
        name="return",
        verb="enrollment.return_change",
        label=gettext_lazy("Send back"),
        form=CommentForm,
        carry_out=lambda row, said, by: return_request(row, by=by, **said),
        done=gettext_lazy("The request went back to whoever asked."),
        fits=TO_DECIDE,
    ),
    Act(
        name="reject",
        verb="enrollment.reject_change",
        label=gettext_lazy("Reject"),
        form=CommentForm,
        carry_out=lambda row, said, by: reject_request(row, by=by, **said),
        done=gettext_lazy("The request was rejected."),
        danger=True,
        fits=TO_DECIDE,
    ),
    Act(
        name="submit",
        verb="enrollment.request_change",
        label=gettext_lazy("Hand in"),
        explanation=gettext_lazy("A second person decides; you are told when it is decided or comes back."),
        carry_out=lambda row, said, by: submit_request(row, by=by, **said),
        done=gettext_lazy("The request was handed in; a second person decides."),
        fits=WITH_THE_ASKER,
    ),
    attaching("enrollment.request_change", UNDER_WAY),
    Act(
        name="waive",
        verb="enrollment.waive_consent",
        label=gettext_lazy("Go on without a centre's word"),
        form=WaiveForm,
        carry_out=lambda row, said, by: waive_consent(said["party"], reason=said["reason"], seen=said["seen"], by=by),
        done=gettext_lazy("The centre's word was waived."),
        fits=_waits_for_a_centre,
    ),
    Act(
        name="consent",
        verb="enrollment.consent_change",
        label=gettext_lazy("Speak for the centre"),
        form=ConsentForm,
        carry_out=_consent,
        done=gettext_lazy("The centre's word was recorded."),
        fits=_waits_for_a_centre,
    ),
    Act(
        name="withdraw",
        verb="enrollment.request_change",
        label=gettext_lazy("Withdraw the request"),
        form=WithdrawForm,
        carry_out=lambda row, said, by: withdraw_request(row, by=by, **said),
        done=gettext_lazy("The request was withdrawn."),
        danger=True,
        fits=UNDER_WAY,
    ),
)


def asked_by_yourself(row: ChangeRequest, user: Any) -> str:
    """Why whoever asked, or wrote any of it, is not offered the decision."""
    if row.status == RequestStatus.SUBMITTED and user.pk in writers_of(row):
        return _("You asked for this yourself, so a second person must decide.")
    return ""


def decided_alone(row: ChangeRequest) -> bool:
    """Whether the institution wants no second person for this kind (a rule that staff set)."""
    if row.status != RequestStatus.SUBMITTED:
        return False
    return row.kind in student_rule("change_without_second_person", row.student, today(row.institution))
