"""What one user alone may not do: asked for by one, decided by another, with what holds before and after."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from common.access import can
from common.admin import Act, ActForm, ActingAdmin, Fact, Table
from common.admin.filters import choose
from common.rules import RULES
from common.verbs import verb_label
from common.wording import listed
from learning_centers.models import RuleSetting
from people.admin.rules import in_words, place_of
from people.models import ApprovalRequest
from people.services import granting, guarded_rules
from people.services.accounts import LEVELS
from people.services.approving import KINDS, WATCH, approve, refuse, requests_to_decide, requests_to_see, withdraw
from people.services.giving import MANAGE
from people.services.granting import said_in

Kind, State = ApprovalRequest.Kind, ApprovalRequest.State
RULE_KINDS = {Kind.SET_RULE, Kind.DROP_RULE}
PLACE = ("school_id", "province_code", "level_path")
LEVEL_NAMES = {level: model._meta.verbose_name for level, model in LEVELS.items()}
VIEW = {WATCH, *(verb for known in KINDS.values() for verb in (known.ask, known.decide))}
EXPLANATION = gettext_lazy(
    "You answer for it beside whoever asked. If a password belongs to it, it is shown to you alone, once: hand it over to the owner"
    " of the account, not to whoever asked."
)
IN_FORCE = gettext_lazy("It is in force. Whoever asked and the auditors are told.")
HAND_OVER = gettext_lazy(
    "The account of %(username)s opens once with this password; hand it over to its owner yourself: %(password)s"
)


class RefuseForm(ActForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def approved(row: ApprovalRequest, said: dict[str, Any], by: Any) -> str:
    password = approve(row, by=by)
    row.refresh_from_db()
    return str(HAND_OVER % {"username": row.subject, "password": password}) if password else ""


def acts_on(what: str, kinds: set[Kind], decide: str, ask: str) -> tuple[Act, ...]:
    """To approve, to refuse and to take back what is of these kinds."""

    def fits(row: ApprovalRequest) -> bool:
        return row.kind in kinds and row.status == State.WAITING

    return (
        Act(
            name=f"approve_{what}",
            verb=decide,
            label=gettext_lazy("Approve"),
            explanation=EXPLANATION,
            carry_out=approved,
            shows=True,
            done=IN_FORCE,
            fits=fits,
            show=lambda row, user: {"tables": [before_and_after(row)]},
        ),
        Act(
            name=f"refuse_{what}",
            verb=decide,
            label=gettext_lazy("Refuse"),
            form=RefuseForm,
            carry_out=lambda row, said, by: refuse(row, by=by, **said),
            done=gettext_lazy("It was refused; whoever asked is told."),
            danger=True,
            fits=fits,
        ),
        Act(
            name=f"withdraw_{what}",
            verb=ask,
            label=gettext_lazy("Take back"),
            carry_out=lambda row, said, by: withdraw(row, by=by),
            done=gettext_lazy("It was taken back."),
            danger=True,
            fits=fits,
        ),
    )


def rule_lines(row: ApprovalRequest) -> list[list[Any]]:
    """Of each fact the value that stood there when it was asked for, and the one that is asked for."""
    shipped, before, terms = RULES[row.terms["name"]], row.before or {}, row.terms
    default = _("as shipped: %(value)s") % {"value": in_words(shipped.default, shipped)}
    then = in_words(before["value"], shipped) if before else default
    place = [_("where"), "", place_of(RuleSetting(**{name: terms[name] for name in PLACE}))]
    if row.kind == Kind.DROP_RULE:
        return [place, [_("value"), then, _("what holds without this setting")]]
    return [
        place,
        [_("value"), then, in_words(terms["value"], shipped)],
        [_("source"), before.get("source", ""), terms["source"]],
        [_("from"), "", terms["begin"]],
        [_("until (exclusive)"), before.get("end"), terms["end"]],
    ]


def grant_lines(row: ApprovalRequest) -> list[list[Any]]:
    """What the account may do in words, not the name of the role alone."""
    before, after, terms = row.before or {}, said_in(row), row.terms
    rights = " · ".join(str(verb_label(verb)) for verb in after["role"].verbs)
    places = [[label, before.get(level), after[level]] for level, label in LEVEL_NAMES.items()]
    return [
        [pgettext("person", "name"), "", terms.get("display_name")],
        [_("role"), before.get("role"), after["role"]],
        [_("rights"), "", rights],
        *places,
        [_("from"), before.get("begin"), after["begin"]],
        [_("until (exclusive)"), before.get("end"), after["end"]],
    ]


def account_lines(row: ApprovalRequest) -> list[list[Any]]:
    held = row.user.memberships.not_over().select_related("role")
    before, after = (_("closed"), _("open")) if row.kind == Kind.REACTIVATION else ("", _("set anew"))
    label = pgettext("account", "active") if row.kind == Kind.REACTIVATION else _("password")
    return [[label, before, after], [_("roles"), "", listed(one.role for one in held)]]


def before_and_after(row: ApprovalRequest) -> Table:
    make = rule_lines if row.kind in RULE_KINDS else grant_lines if "role" in row.terms else account_lines
    rows = [[label, before or "—", after or "—"] for label, before, after in make(row) if before or after]
    return Table(_("Before and after"), [_("fact"), _("when it was asked for"), _("asked for")], rows)


@admin.register(ApprovalRequest)
class ApprovalAdmin(ActingAdmin):
    verb_to_view = "people.decide_grant"
    list_display = ["asked_at", "kind", "subject", "asked_by", "status", "decided_by", "institution"]
    list_select_related = ["institution", "asked_by", "decided_by", "user"]
    list_filter = [choose("state", gettext_lazy("state"), "status", State)]
    ordering = ["-id"]
    sortable_by = ()
    acts = (
        *acts_on("rule", RULE_KINDS, guarded_rules.DECIDE, guarded_rules.SET),
        *acts_on("grant", set(Kind) - RULE_KINDS, granting.DECIDE, MANAGE),
    )

    @admin.display(description=gettext_lazy("concerns"))
    def subject(self, row: ApprovalRequest) -> str:
        return row.subject

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return any(can(request.user, verb) for verb in VIEW)

    def get_queryset(self, request: HttpRequest) -> Any:
        return requests_to_see(request.user).order_by("-id")

    def may(self, request: HttpRequest, act: Act, row: ApprovalRequest) -> bool:
        if act.name.startswith("withdraw"):
            return row.asked_by_id == request.user.pk
        return requests_to_decide(request.user).filter(pk=row.pk).exists()

    def record(self, request: HttpRequest, row: ApprovalRequest) -> dict[str, Any]:
        names = ("status", "institution", "asked_by", "asked_at", "decided_by", "decided_at", "reason")
        facts = [Fact(_("concerns"), row.subject), *(self.fact(row, name) for name in names)]
        return {"facts": facts, "tables": [before_and_after(row)]}
