"""What people decide about those whom the lists name: one by one and many at once."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm, DayField, ManyAct, Outcome, row_link
from common.dates import today
from common.errors import DomainError
from enrollment.duties.models.duties import WatchItem
from enrollment.duties.services.watching import ask_for_withdrawal, post_notice, set_aside

State = WatchItem.State


class NoticeForm(ActForm):
    begin = DayField(label=gettext_lazy("Public notice from"))

    def prepare(self) -> None:
        self.fields["begin"].initial = today(self.row.institution)


class AsideForm(ActForm):
    until = DayField(label=gettext_lazy("Set aside until"), required=False, help_text=gettext_lazy("Empty: for good."))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class WithdrawalForm(ActForm):
    effective_date = DayField(label=gettext_lazy("Effective date"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=1000, required=False)

    def prepare(self) -> None:
        self.fields["effective_date"].initial = today(self.row.institution)


def _post(item: WatchItem, said: dict[str, Any], by: Any) -> WatchItem:
    (posted,) = post_notice([item], by=by, **said)
    return posted


def _aside(item: WatchItem, said: dict[str, Any], by: Any) -> WatchItem:
    return set_aside(item, by=by, **said)


def _withdraw(item: WatchItem, said: dict[str, Any], by: Any) -> Any:
    return ask_for_withdrawal(item, by=by, **said)


WATCH_ACTS = (
    Act(
        name="notice",
        verb="enrollment.post_notice",
        label=gettext_lazy("Put on public notice"),
        explanation=gettext_lazy("For as long as the rule says; whoever objects is heard before anything is decided."),
        form=NoticeForm,
        carry_out=_post,
        done=gettext_lazy("The public notice was recorded."),
        fits=lambda item: item.status == State.OPEN and item.student_id is not None,
    ),
    Act(
        name="withdrawal",
        verb="enrollment.ask_for_withdrawal",
        label=gettext_lazy("Ask for withdrawal"),
        explanation=gettext_lazy("A request that a second person decides; nobody is withdrawn by a list."),
        form=WithdrawalForm,
        carry_out=_withdraw,
        done=gettext_lazy("The withdrawal was asked for; a second person decides."),
        fits=lambda item: item.status in (State.OPEN, State.NOTICED) and item.student_id is not None,
        goes_to=lambda request: row_link(request).url,
    ),
    Act(
        name="aside",
        verb="enrollment.set_aside",
        label=gettext_lazy("Set aside"),
        form=AsideForm,
        carry_out=_aside,
        done=gettext_lazy("The case was set aside."),
        fits=lambda item: item.status in (State.OPEN, State.NOTICED),
    ),
)


def each(act: Callable[[WatchItem, dict[str, Any], Any], Any], said_so: Callable[[Any], str]) -> Any:
    def carry_out(items: Sequence[WatchItem], said: dict[str, Any], by: Any) -> list[Outcome]:
        outcomes = []
        for item in items:
            try:
                result = act(item, said, by)
            except DomainError as refusal:
                outcomes.append(Outcome(item, str(refusal.message)))
            else:
                outcomes.append(Outcome(item, after=said_so(result)))
        return outcomes

    return carry_out


MANY_WATCH_ACTS = tuple(
    ManyAct(name=one.name, verb=one.verb, label=one.label, form=one.form, explanation=one.explanation, carry_out=carry_out,
            related=("institution", "student__person", "application", "center"), most=300)
    for one, carry_out in zip(
        WATCH_ACTS,
        (
            each(_post, lambda item: _("public notice until %(day)s") % {"day": item.notice_end}),
            each(_withdraw, lambda request: _("asked for")),
            each(_aside, lambda item: _("set aside")),
        ),
        strict=True,
    )
)  # fmt: skip
