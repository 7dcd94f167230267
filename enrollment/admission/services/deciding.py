"""Whom to admit: what is checked, what stands in the way, and the decision, for one or for many (docs/rules.md §2.3)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import require
from common.dates import today
from common.errors import DomainError, NotAllowed
from common.ledger import OpenRecording, recording
from common.transitions import move_all
from enrollment.admission.models.applications import (
    HOLDING,
    Application,
    ApplicationCheck,
    ApplicationStatus,
    ApplicationStep,
)
from enrollment.admission.models.places import AdmissionPlace
from enrollment.admission.services.outlook import Outlook, decision_outlook, enough_places, outlooks
from enrollment.admission.services.places import free_places_of
from enrollment.admission.services.refusals import refuse
from enrollment.admission.services.steps import JOINED, locked, locked_one, write_steps
from enrollment.admission.services.telling import tell_applicants_desk
from enrollment.records.reasons import is_reason
from enrollment.records.services.entering import lock_places, shift_taken
from people.services.second_person import accounts_of

__all__ = [
    "Decision", "Outlook", "accept_application", "check_item", "check_items", "check_many", "decide_many", "decision_outlook",
    "preview_many", "reject_application", "return_application", "verify_prior",
]  # fmt: skip

Status = ApplicationStatus
Refusals = list[tuple[Application, DomainError | None]]


@dataclass(frozen=True)
class Decision:
    """`reasons` names the list that its reason code comes from; acceptance needs none."""

    verb: str
    to: Status
    reasons: str = ""


DECISIONS = {
    "accept": Decision("enrollment.accept_application", Status.ACCEPTED),
    "return": Decision("enrollment.return_application", Status.RETURNED, "return"),
    "reject": Decision("enrollment.reject_application", Status.REJECTED, "reject"),
}
ENTERING = tuple(f"enrollment.{act}_application" for act in ("start", "edit", "submit"))
CHECKABLE = (Status.SUBMITTED, Status.RETURNED, Status.ACCEPTED, Status.PLACE_KEPT, Status.CHECKED_IN)


@transaction.atomic
def check_items(
    applications: Sequence[Application],
    findings: Mapping[str, str],
    *,
    remark: str = "",
    seen: int | None = None,
    by: Any,
) -> None:
    """Write down what was found for items of the checklist: `{item: result}`, the same for all. Right:
    `enrollment.check_application`. Raises DomainError `item_unknown`, `value_not_possible`, `move_not_possible`, and for the
    only application `stale`."""
    require_all(by, "enrollment.check_application", applications)
    if seen is not None:
        locked_one(applications[0], seen)
    rows = locked(applications)
    judged = outlooks(rows)
    for row in rows:
        asked = {item.code for item, _found in judged[row.pk].checks}
        if not set(findings) <= asked:
            raise refuse("item_unknown")
        if row.status not in CHECKABLE:
            raise refuse("not_editable")
    if not set(findings.values()) <= set(ApplicationCheck.Result):
        raise refuse("value_not_possible")
    with recording(rows[0].institution, by=by, reason="enrollment.check_application") as entry:
        ApplicationCheck.objects.filter(application__in=rows, item__in=findings).supersede(entry.id)
        ApplicationCheck.objects.bulk_create(
            [
                ApplicationCheck(
                    institution_id=row.institution_id, application=row, item=item, result=result, remark=remark,
                    recorded_in_id=entry.id,
                )
                for row in rows
                for item, result in findings.items()
            ],
            batch_size=2000,
        )  # fmt: skip
        write_steps(rows, "enrollment.check_application", entry=entry)


@transaction.atomic
def check_many(
    applications: Sequence[Application], findings: Mapping[str, str], *, remark: str = "", by: Any
) -> Refusals:
    """As `check_items` for all that can be; each with None, or why it stays as it was: also where all of it is known already.
    All are of one institution."""
    rows = locked(applications)
    judged = outlooks(rows)
    verdicts = {row.pk: _check_verdict(row, judged[row.pk], findings) for row in rows}
    if passed := [row for row in rows if verdicts[row.pk] is None]:
        check_items(passed, findings, remark=remark, by=by)
    return [(row, verdicts[row.pk]) for row in rows]


def _check_verdict(row: Application, outlook: Outlook, findings: Mapping[str, str]) -> DomainError | None:
    known = {item.code: found and found.result for item, found in outlook.checks}
    if not set(findings) <= set(known):
        return refuse("item_unknown")
    if row.status not in CHECKABLE:
        return refuse("not_editable")
    return refuse("nothing_changes") if all(known[item] == result for item, result in findings.items()) else None


def check_item(
    application: Application, item: str, result: str, *, remark: str = "", seen: int | None = None, by: Any
) -> None:
    """One finding, see `check_items`. Raises also DomainError `stale`."""
    with transaction.atomic():
        locked_one(application, seen)
        check_items([application], {item: result}, remark=remark, by=by)


@transaction.atomic
def verify_prior(
    application: Application, state: str, method: str = "", *, seen: int | None = None, by: Any
) -> Application:
    """Say whether the junior-college diploma is true, and how that was found out. Right: `enrollment.verify_prior`.

    Raises DomainError `stale`, `value_not_possible`, `prior_method_missing`, `not_editable`.
    """
    require(by, "enrollment.verify_prior", application)
    row = locked_one(application, seen)
    prior = Application.Prior(state) if state in Application.Prior.values else None
    if prior is None:
        raise refuse("value_not_possible")
    if prior == Application.Prior.VERIFIED and method not in Application.PriorMethod.values:
        raise refuse("prior_method_missing", field="method")
    if row.status not in CHECKABLE:
        raise refuse("not_editable")
    row.prior_state, row.prior_method = prior, method
    row.prior_verified_on, row.prior_verified_by = today(row.institution), by
    with recording(row.institution, by=by, reason="enrollment.verify_prior") as entry:
        also = ["prior_state", "prior_method", "prior_verified_on", "prior_verified_by"]
        write_steps([row], "enrollment.verify_prior", entry=entry, also=also)
    return row


def accept_application(application: Application, *, comment: str = "", seen: int | None = None, by: Any) -> Application:
    """Admit: the application takes a place. Right: `enrollment.accept_application`.

    Raises DomainError `stale`, `move_not_possible`, `second_person` for a transfer that one has entered oneself, the first of
    `decision_outlook`'s obstacles, or `quota_exceeded`.
    """
    require(by, "enrollment.accept_application", application)
    return _decide_one(application, "accept", "", comment, seen, by)


def return_application(
    application: Application, *, reason_code: str, comment: str = "", seen: int | None = None, by: Any
) -> Application:
    """Send back for better documents or data. Right: `enrollment.return_application`. Raises DomainError `stale`,
    `move_not_possible`, `reason_unknown`."""
    require(by, "enrollment.return_application", application)
    return _decide_one(application, "return", reason_code, comment, seen, by)


def reject_application(
    application: Application, *, reason_code: str, comment: str = "", seen: int | None = None, by: Any
) -> Application:
    """Refuse admission, before the decision or after check-in; a held place becomes free. Right:
    `enrollment.reject_application`. Raises DomainError `stale`, `move_not_possible`, `reason_unknown`."""
    require(by, "enrollment.reject_application", application)
    return _decide_one(application, "reject", reason_code, comment, seen, by)


def decide_many(
    applications: Sequence[Application], decision: str, *, reason_code: str = "", comment: str = "", by: Any
) -> Refusals:
    """Accept, return or reject (`decision`) all that can be, in the order given, in one recording; each with None or the
    refusal that kept it as it was. All are of one institution. Rights as for single decisions: who lacks them for one
    application is refused for that one alone. Raises DomainError `reason_unknown`."""
    return _decide(applications, decision, reason_code, comment, by)


def preview_many(applications: Sequence[Application], decision: str, *, by: Any) -> Refusals:
    """What `decide_many` would do now."""
    known = Application.objects.select_related(*JOINED).in_bulk([one.pk for one in applications])
    ordered = [known[key] for key in dict.fromkeys(one.pk for one in applications)]
    judged = outlooks(ordered) if decision == "accept" else {}
    places = {one.place.pk: one.place for one in judged.values() if one.place}
    verdicts = _verdicts(ordered, DECISIONS[decision], judged, places, by)
    return [(row, verdicts[row.pk]) for row in ordered]


def require_all(by: Any, verb: str, applications: Sequence[Application]) -> None:
    """As `require`, for all of them at once."""
    keys = {one.pk for one in applications}
    if Application.objects.filter(pk__in=keys).visible_to(by, verb).count() != len(keys):
        raise NotAllowed(_("You may not do this here."), verb=verb)


def _decide_one(
    application: Application, decision: str, reason_code: str, comment: str, seen: int | None, by: Any
) -> Application:
    with transaction.atomic():
        locked_one(application, seen)
        ((row, refusal),) = _decide([application], decision, reason_code, comment, by)
        if refusal:
            raise refusal
    return row


@transaction.atomic
def _decide(applications: Sequence[Application], decision: str, reason_code: str, comment: str, by: Any) -> Refusals:
    terms = DECISIONS[decision]
    if terms.reasons and applications and not is_reason(terms.reasons, reason_code, applications[0].institution):
        raise refuse("reason_unknown")
    rows = {row.pk: row for row in locked(applications)}
    ordered = [rows[key] for key in dict.fromkeys(one.pk for one in applications)]
    judged = outlooks(ordered) if terms.to == Status.ACCEPTED else {}
    places = lock_places({one.place.pk for one in judged.values() if one.place})
    verdicts = _verdicts(ordered, terms, judged, places, by)
    if passed := [row for row in ordered if verdicts[row.pk] is None]:
        with recording(passed[0].institution, by=by, reason=terms.verb) as entry:
            if terms.to == Status.ACCEPTED:
                shift_taken(Counter(places[place.pk].pk for row in passed if (place := judged[row.pk].place)))
            elif held := [row for row in passed if row.status in HOLDING]:
                free_places_of(held)
            _settle(passed, terms, entry, reason_code, comment)
    return [(row, verdicts[row.pk]) for row in ordered]


def _settle(rows: Sequence[Application], terms: Decision, entry: OpenRecording, reason_code: str, comment: str) -> None:
    for row in rows:
        row.decided_at = timezone.now()
    move_all(rows, terms.to, also=["decided_at"])
    write_steps(rows, terms.verb, entry=entry, reason_code=reason_code, comment=comment)
    tell_applicants_desk(rows, terms.to, entry.actor)


def _verdicts(
    rows: Iterable[Application],
    terms: Decision,
    judged: dict[int, Outlook],
    places: dict[int, AdmissionPlace],
    by: Any,
) -> dict[int, DomainError | None]:
    """For each application None, or why the decision is not possible."""
    ordered = list(rows)
    reached = Application.objects.filter(pk__in=[row.pk for row in ordered]).visible_to(by, terms.verb)
    allowed = set(reached.values_list("pk", flat=True))
    verdicts: dict[int, DomainError | None] = {}
    own = _entered_by(by, ordered) if terms.to == Status.ACCEPTED else set()
    for row in ordered:
        if row.pk not in allowed:
            verdicts[row.pk] = NotAllowed(_("You may not do this here."), verb=terms.verb)
        elif terms.to not in row.MOVES.get(Status(row.status), set()):
            verdicts[row.pk] = refuse("move_not_possible", state=row.status)
        elif row.pk in own:
            verdicts[row.pk] = refuse("second_person")
    candidates = [row for row in ordered if row.pk not in verdicts]
    if terms.to == Status.ACCEPTED:
        return verdicts | enough_places(candidates, judged, places)
    return verdicts | {row.pk: None for row in candidates}


def _entered_by(by: Any, rows: Iterable[Application]) -> set[int]:
    """The transfers that this user has entered, amended or handed in: a second person accepts them (docs/rules.md §8)."""
    coming = [row.pk for row in rows if row.is_transfer]
    if not coming:
        return set()
    steps = ApplicationStep.objects.filter(application__in=coming, verb__in=ENTERING, actor__in=accounts_of(by))
    return set(steps.values_list("application", flat=True))
