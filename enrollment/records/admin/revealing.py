"""What is sealed on the pages of applications, requests and documents, shown once and on the record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.admin import Act, ActForm, act_on
from enrollment.admission.models.applications import Application
from enrollment.records.services.revealing import NUMBERS, VALUES, is_number, reveal_number_in, reveal_reason


class ReasonForm(ActForm):
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It is kept with your name in the trail."))


class NumberForm(ReasonForm):
    what = forms.ChoiceField(label=_("Number"), choices=())
    field_order = ["what", "reason"]

    def prepare(self) -> None:
        names = NUMBERS if isinstance(self.row, Application) else VALUES
        held = [name for name in names if getattr(self.row, name)]
        self.fields["what"].choices = [(name, self.row._meta.get_field(name).verbose_name) for name in held]


def _number(row: Any, said: dict[str, Any], by: Any) -> str:
    return reveal_number_in(row, said["what"], reason=said["reason"], by=by)


def _reason(row: Any, said: dict[str, Any], by: Any) -> str:
    return reveal_reason(row, reason=said["reason"], by=by)


def _holds_a_reason(row: Any) -> bool:
    return bool(row.reason)


act_on(
    "enrollment.application",
    Act(
        name="reveal", verb="people.reveal_number", label=_("Show a number"), form=NumberForm, carry_out=_number, shows=True,
        fits=lambda row: any(getattr(row, name) for name in NUMBERS),
    ),
)  # fmt: skip
act_on(
    "enrollment.changerequest",
    Act(
        name="reveal-number", verb="people.reveal_number", label=_("Show a number"), form=NumberForm, carry_out=_number,
        shows=True, fits=is_number,
    ),
)  # fmt: skip
for label in ("enrollment.studentchange", "enrollment.changerequest"):
    act_on(
        label,
        Act(
            name="reveal", verb="enrollment.reveal_reason", label=_("Show the sealed reason"), form=ReasonForm,
            carry_out=_reason, shows=True, fits=_holds_a_reason,
        ),
    )  # fmt: skip
