"""What becomes of a learning centre and is judged by its students and places: another place, and its end."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm, DayField, act_on
from common.admin.fields import PlaceForm
from common.dates import today
from enrollment.admission.services.centers import move_center, revoke_center
from learning_centers.models import LearningCenter
from learning_centers.models.centers import CenterStatus
from learning_centers.services import Place


class MoveForm(PlaceForm):
    on = DayField(label=gettext_lazy("From this day"))

    def prepare(self) -> None:
        super().prepare()
        self.fields["province_code"].initial = self.row.province_code
        self.fields["on"].initial = today(self.row.institution)


class RevokeForm(ActForm):
    on = DayField(label=gettext_lazy("From this day"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def prepare(self) -> None:
        self.fields["on"].initial = today(self.row.institution)


def _move(center: LearningCenter, said: dict[str, Any], by: Any) -> LearningCenter:
    on = said.pop("on")
    return move_center(center, Place(**said), on=on, by=by)


CENTER_ACTS = (
    Act(
        name="move",
        verb="enrollment.move_center",
        label=gettext_lazy("Record another place"),
        explanation=gettext_lazy(
            "Figures by province follow the place of their day; the places of batches that begin later count in the new province."
        ),
        form=MoveForm,
        carry_out=_move,
        done=gettext_lazy("The place was recorded; the earlier one stays with its days."),
        fits=lambda center: center.status != CenterStatus.REVOKED,
    ),
    Act(
        name="revoke",
        verb="enrollment.revoke_center",
        label=gettext_lazy("Revoke"),
        explanation=gettext_lazy("Only when nobody is enrolled there any more; move the students first."),
        form=RevokeForm,
        carry_out=lambda row, said, by: revoke_center(row, by=by, **said),
        done=gettext_lazy("The centre is revoked from that day on."),
        danger=True,
        fits=lambda center: center.status in (CenterStatus.PROPOSED, CenterStatus.STOP_INTAKE),
    ),
)
act_on("learning_centers.learningcenter", *CENTER_ACTS)
