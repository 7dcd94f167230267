"""What can be done to one application, from the checklist to registration."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.admin import Act, ActForm, DayField, row_link
from common.dates import today
from enrollment.admission.checklist import Item, checklists
from enrollment.admission.models.applications import ENDED, Application, ApplicationCheck, ApplicationStatus
from enrollment.admission.services.applying import submit_application, withdraw_application
from enrollment.admission.services.arriving import (
    check_in,
    grant_late_arrival,
    issue_notices,
    keep_place,
    lapse_application,
    last_day_to_arrive,
)
from enrollment.admission.services.deciding import (
    CHECKABLE,
    accept_application,
    check_items,
    decision_outlook,
    reject_application,
    return_application,
    verify_prior,
)
from enrollment.admission.services.judging import needs_prior_diploma
from enrollment.admission.services.registering import register_student
from enrollment.attachments.admin.papers import attaching
from enrollment.records.reasons import reasons

Status = ApplicationStatus
NOTHING_YET = gettext_lazy("not looked at yet")
COMMENT = {"label": gettext_lazy("Comment"), "max_length": 1000, "required": False}


class ReasonForm(ActForm):
    """A reason from the list of the act, and words of one's own."""

    act = ""
    reason_code = forms.ChoiceField(label=gettext_lazy("Reason"))
    comment = forms.CharField(
        **COMMENT, widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("The learning centre reads it.")
    )

    def prepare(self) -> None:
        self.fields["reason_code"].choices = [("", "—"), *reasons(self.act, self.row.institution)]


def reason_form(act: str, **fields: forms.Field) -> type[ReasonForm]:
    """A `ReasonForm` with the reasons for `act`, and further fields."""
    return type(f"{act.title()}Form", (ReasonForm,), {"act": act, **fields})


class CommentForm(ActForm):
    comment = forms.CharField(**COMMENT)


class ChecklistForm(ActForm):
    """One choice for each item of the checklist; only what is changed is written down."""

    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=1000, required=False)

    def prepare(self) -> None:
        self.ask_for([(item, found.result if found else "") for item, found in decision_outlook(self.row).checks])

    def ask_for(self, items: list[tuple[Item, str]], nothing: Any = NOTHING_YET) -> None:
        """`items` with what was found before; `nothing` is said of what is not chosen."""
        self.names = {}
        for item, before in items:
            name = f"item_{item.code}"
            self.names[name] = (item.code, before)
            self.fields[name] = forms.ChoiceField(
                label=str(item),
                required=False,
                initial=before,
                choices=[("", nothing), *ApplicationCheck.Result.choices],
                help_text="" if item.is_required else _("not needed for acceptance"),
            )
        self.order_fields([*self.names, "remark"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        findings = {
            code: said[name] for name, (code, before) in self.names.items() if said.get(name) and said[name] != before
        }
        if not findings:
            self.add_error(None, _("Nothing was found otherwise than before."))
        return {"findings": findings, "remark": said.get("remark", "")}


class ManyChecklistForm(ChecklistForm):
    """The items of all that are chosen; what is said is found for each of them."""

    def prepare(self) -> None:
        paths = dict.fromkeys(row.center_offering.programme_version.programme.level_path for row in self.rows)
        items = {item.code: item for found in checklists(self.row.institution, paths).values() for item in found}
        self.ask_for([(item, "") for item in items.values()], gettext_lazy("leave as it is"))


class PriorForm(ActForm):
    state = forms.ChoiceField(label=gettext_lazy("Prior diploma"), choices=Application.Prior.choices)
    method = forms.ChoiceField(
        label=gettext_lazy("Way of verifying"), required=False, choices=[("", "—"), *Application.PriorMethod.choices]
    )

    def prepare(self) -> None:
        self.initial = {"state": self.row.prior_state, "method": self.row.prior_method}


class OnForm(ActForm):
    on = DayField(label=gettext_lazy("On this day"))

    def prepare(self) -> None:
        self.fields["on"].initial = today(self.row.institution)


class LateForm(reason_form("late", until=DayField(label=gettext_lazy("May arrive until")))):
    field_order = ["until", "reason_code", "comment"]

    def prepare(self) -> None:
        super().prepare()
        usual = last_day_to_arrive(self.row)
        self.fields["until"].help_text = _("Without leave the place lapses after %(day)s.") % {"day": usual}


class KeepForm(reason_form("keep", until=DayField(label=gettext_lazy("Keep the place until"), required=False))):
    field_order = ["until", "reason_code", "comment"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["until"].help_text = _("Empty: as long as the rule allows.")


def _status(*statuses: str) -> Any:
    return lambda row: row.status in statuses


def _printed(applications: list[Application]) -> str:
    rows = "&".join(f"row={one.public_id}" for one in applications)
    return f"{reverse('admin:enrollment_application_notices')}?{rows}"


def _one_notice(row: Application, said: dict[str, Any], by: Any) -> list[Application]:
    issue_notices([row], on=said["on"], by=by)
    return [row]


HELD = _status(Status.ACCEPTED, Status.PLACE_KEPT)
OPEN = _status(Status.SUBMITTED)

APPLICATION_ACTS = (
    Act(
        name="accept",
        verb="enrollment.accept_application",
        label=gettext_lazy("Accept"),
        explanation=gettext_lazy("The application takes a place of the centre."),
        form=CommentForm,
        carry_out=lambda row, said, by: accept_application(row, by=by, **said),
        done=gettext_lazy("The application was accepted; it holds a place."),
        fits=OPEN,
    ),
    Act(
        name="check",
        verb="enrollment.check_application",
        label=gettext_lazy("Go through the checklist"),
        form=ChecklistForm,
        carry_out=lambda row, said, by: check_items([row], by=by, **said),
        done=gettext_lazy("The findings were written down."),
        fits=_status(*CHECKABLE),
    ),
    Act(
        name="verify-prior",
        verb="enrollment.verify_prior",
        label=gettext_lazy("Verify the prior diploma"),
        form=PriorForm,
        carry_out=lambda row, said, by: verify_prior(row, by=by, **said),
        done=gettext_lazy("What was found of the diploma was written down."),
        fits=lambda row: row.status in CHECKABLE and needs_prior_diploma(row),
    ),
    Act(
        name="return",
        verb="enrollment.return_application",
        label=gettext_lazy("Send back"),
        explanation=gettext_lazy("The learning centre mends it and hands it in again."),
        form=reason_form("return"),
        carry_out=lambda row, said, by: return_application(row, by=by, **said),
        done=gettext_lazy("The application went back to the learning centre."),
        fits=OPEN,
    ),
    Act(
        name="reject",
        verb="enrollment.reject_application",
        label=pgettext_lazy("application", "Reject"),
        form=reason_form("reject"),
        carry_out=lambda row, said, by: reject_application(row, by=by, **said),
        done=gettext_lazy("The application was rejected."),
        danger=True,
        fits=_status(Status.SUBMITTED, Status.CHECKED_IN),
    ),
    Act(
        name="submit",
        verb="enrollment.enter_application",
        label=gettext_lazy("Hand in"),
        carry_out=lambda row, said, by: submit_application(row, by=by, **said),
        done=gettext_lazy("The application was handed in."),
        fits=_status(Status.DRAFT, Status.RETURNED),
    ),
    Act(
        name="notice",
        verb="enrollment.issue_notices",
        label=gettext_lazy("Issue the admission notice"),
        explanation=gettext_lazy("It gets the next number of the batch, without gaps."),
        form=OnForm,
        carry_out=_one_notice,
        done=gettext_lazy("The admission notice was issued."),
        fits=lambda row: HELD(row) and not row.notice_no,
        goes_to=_printed,
    ),
    Act(
        name="check-in",
        verb="enrollment.check_in",
        label=gettext_lazy("Check in"),
        explanation=gettext_lazy("The applicant is there, with the notice and the papers."),
        form=OnForm,
        carry_out=lambda row, said, by: check_in(row, by=by, **said),
        done=gettext_lazy("The applicant was checked in."),
        fits=HELD,
    ),
    Act(
        name="register",
        verb="enrollment.register_student",
        label=gettext_lazy("Register as a student"),
        explanation=gettext_lazy("The student number is given, the record begins with the batch."),
        form=OnForm,
        carry_out=lambda row, said, by: register_student(row, on=said["on"], by=by),
        done=lambda student: _("Registered as %(number)s.") % {"number": student.student_no},
        fits=_status(Status.CHECKED_IN),
        goes_to=lambda student: row_link(student).url,
    ),
    Act(
        name="late",
        verb="enrollment.grant_late_arrival",
        label=gettext_lazy("Allow a late arrival"),
        form=LateForm,
        carry_out=lambda row, said, by: grant_late_arrival(row, by=by, **said),
        done=gettext_lazy("The applicant may arrive later."),
        fits=HELD,
    ),
    Act(
        name="keep",
        verb="enrollment.keep_place",
        label=gettext_lazy("Keep the place"),
        explanation=gettext_lazy("Without the status of a student, at most as long as the rule says."),
        form=KeepForm,
        carry_out=lambda row, said, by: keep_place(row, by=by, **said),
        done=gettext_lazy("The place is kept."),
        fits=_status(Status.ACCEPTED),
    ),
    Act(
        name="lapse",
        verb="enrollment.lapse_application",
        label=gettext_lazy("Let the place lapse"),
        explanation=gettext_lazy("The time to arrive is over; the place becomes free."),
        form=reason_form("lapse"),
        carry_out=lambda row, said, by: lapse_application(row, by=by, **said),
        done=gettext_lazy("The place has lapsed and is free."),
        danger=True,
        fits=HELD,
    ),
    attaching("enrollment.enter_application", lambda row: row.status not in (Status.REGISTERED, *ENDED)),
    Act(
        name="withdraw",
        verb="enrollment.withdraw_application",
        label=gettext_lazy("Withdraw"),
        explanation=gettext_lazy("The applicant does not want any more."),
        form=reason_form("withdraw"),
        carry_out=lambda row, said, by: withdraw_application(row, by=by, **said),
        done=gettext_lazy("The application was withdrawn."),
        danger=True,
        fits=lambda row: row.status not in (Status.REGISTERED, *ENDED),
    ),
)
