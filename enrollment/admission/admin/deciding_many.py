"""Acts on many applications: first who can and who cannot and why, then a line per application."""

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Crumb, ManyAct, Outcome
from common.errors import DomainError
from common.wording import labelled, listed
from enrollment.admission.admin.application_acts import CommentForm, ManyChecklistForm, OnForm, reason_form
from enrollment.admission.models.applications import Application, ApplicationCheck, ApplicationStatus
from enrollment.admission.services.arriving import check_in, issue_notices, lapse_application
from enrollment.admission.services.deciding import check_many, decide_many, preview_many
from enrollment.admission.services.outlook import outlooks
from enrollment.admission.services.refusals import refuse
from enrollment.admission.services.registering import register_many
from enrollment.admission.services.steps import JOINED

NAMED_IN_AN_ADDRESS = 50
Result = ApplicationCheck.Result
NOTICED = (ApplicationStatus.ACCEPTED, ApplicationStatus.PLACE_KEPT)


def _refused(refusal: DomainError | None) -> str:
    return str(refusal.message) if refusal else ""


def deciding(name: str, verb: str, label: Any, form: Any, becomes: ApplicationStatus) -> ManyAct:
    """Accept, return or reject all that can be, in one recording."""

    def outlook(rows: Sequence[Application], said: dict[str, Any], by: Any) -> list[Outcome]:
        return [Outcome(one, _refused(refusal), becomes.label) for one, refusal in preview_many(rows, name, by=by)]

    def carry_out(rows: Sequence[Application], said: dict[str, Any], by: Any) -> list[Outcome]:
        decided = decide_many(rows, name, by=by, **said)
        return [Outcome(one, _refused(refusal), becomes.label) for one, refusal in decided]

    return ManyAct(name=name, verb=verb, label=label, form=form, outlook=outlook, carry_out=carry_out)


def one_by_one(act: Callable[[Application, dict[str, Any], Any], Any], becomes: ApplicationStatus) -> Any:
    def carry_out(rows: Sequence[Application], said: dict[str, Any], by: Any) -> list[Outcome]:
        outcomes = []
        for one in rows:
            try:
                act(one, said, by)
            except DomainError as refusal:
                outcomes.append(Outcome(one, _refused(refusal)))
            else:
                outcomes.append(Outcome(one, after=becomes.label))
        return outcomes

    return carry_out


def _notices(rows: Sequence[Application], said: dict[str, Any], by: Any) -> list[Outcome]:
    held = [one for one in rows if one.status in NOTICED]
    issue_notices(held, on=said["on"], by=by)
    numbers = dict(Application.objects.filter(pk__in=[one.pk for one in held]).values_list("pk", "notice_no"))
    refusal = _refused(refuse("move_not_possible"))
    return [Outcome(one, "" if one.pk in numbers else refusal, numbers.get(one.pk, ""), made=one) for one in rows]


def _register(rows: Sequence[Application], said: dict[str, Any], by: Any) -> list[Outcome]:
    done = register_many(rows, on=said["on"], by=by)
    return [Outcome(one, _refused(refusal), one.student and one.student.student_no) for one, refusal in done]


def _check(rows: Sequence[Application], said: dict[str, Any], by: Any) -> list[Outcome]:
    """What is found of each item, and what was found of it before, where that was something else."""
    items = {item.code: item for one in outlooks(rows).values() for item, _found in one.checks}
    before = {
        (one.application_id, one.item): one.get_result_display()
        for one in ApplicationCheck.objects.current().filter(application__in=rows, item__in=said["findings"])
    }
    outcomes = []
    for one, refusal in check_many(rows, by=by, **said):
        found = [
            labelled(items[item], " → ".join(filter(None, [before.get((one.pk, item)), str(Result(result).label)])))
            for item, result in said["findings"].items()
        ]
        outcomes.append(Outcome(one, _refused(refusal), "" if refusal else listed(found)))
    return outcomes


def to_print(outcomes: list[Outcome]) -> Crumb | None:
    """The sheets of these applications; of many, those of their batch and day: an address has its limits."""
    done = [one.row for one in outcomes if not one.refusal]
    if not done:
        return None
    asked = "&".join(f"row={one.public_id}" for one in done)
    if len(done) > NAMED_IN_AN_ADDRESS:
        day = Application.objects.values_list("noticed_on", flat=True).get(pk=done[0].pk)
        asked = f"batch={done[0].batch_id}&on={day}"
    return Crumb(_("Print the notices"), f"{reverse('admin:enrollment_application_notices')}?{asked}")


MANY_APPLICATION_ACTS = (
    ManyAct(
        name="check",
        verb="enrollment.check_application",
        label=gettext_lazy("Go through the checklist"),
        explanation=gettext_lazy("The same is found for all of them; what is left as it is stays."),
        form=ManyChecklistForm,
        carry_out=_check,
        related=JOINED,
    ),
    deciding(
        "accept",
        "enrollment.accept_application",
        gettext_lazy("Accept applications"),
        CommentForm,
        ApplicationStatus.ACCEPTED,
    ),
    deciding(
        "return",
        "enrollment.return_application",
        gettext_lazy("Send applications back"),
        reason_form("return"),
        ApplicationStatus.RETURNED,
    ),
    deciding(
        "reject",
        "enrollment.reject_application",
        gettext_lazy("Reject applications"),
        reason_form("reject"),
        ApplicationStatus.REJECTED,
    ),
    ManyAct(
        name="notices",
        verb="enrollment.issue_notices",
        label=gettext_lazy("Issue admission notices"),
        explanation=gettext_lazy("Each gets the next number of its batch, without gaps; who has one keeps it."),
        form=OnForm,
        carry_out=_notices,
        leads_to=to_print,
    ),
    ManyAct(
        name="check-in",
        verb="enrollment.check_in",
        label=gettext_lazy("Check in"),
        form=OnForm,
        carry_out=one_by_one(lambda one, said, by: check_in(one, by=by, **said), ApplicationStatus.CHECKED_IN),
        most=300,
    ),
    ManyAct(
        name="register",
        verb="enrollment.register_student",
        label=gettext_lazy("Register as students"),
        form=OnForm,
        carry_out=_register,
    ),
    ManyAct(
        name="lapse",
        verb="enrollment.lapse_application",
        label=gettext_lazy("Let places lapse"),
        form=reason_form("lapse"),
        carry_out=one_by_one(lambda one, said, by: lapse_application(one, by=by, **said), ApplicationStatus.LAPSED),
        most=300,
    ),
)
