"""A transfer between centres needs the word of both sides; the registrar may waive the word of a side that never saw the
student (docs/rules.md §2.4)."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import can, require
from common.errors import DomainError
from common.ledger import recording
from common.versions import lock_as_seen
from enrollment.records.life import Life
from enrollment.records.models.changes import ChangeKind
from enrollment.records.services.change_refusals import refuse
from enrollment.requests.models.requests import ChangeRequest, RequestParty, RequestStatus
from enrollment.requests.services.request_steps import take_step, tell_who_decides
from people.services.notices import notify, users_holding

Side, Consent = RequestParty.Side, RequestParty.Consent


def name_sides(request: ChangeRequest, before: Life) -> None:
    """Write down the centres that the request concerns."""
    RequestParty.objects.filter(request=request).delete()
    RequestParty.objects.bulk_create(
        RequestParty(institution_id=request.institution_id, request=request, center_id=center, side=side)
        for side, center in _sides(request, before).items()
    )


def _sides(request: ChangeRequest, before: Life) -> dict[str, int]:
    """Where the student is on that day and, for a transfer that was handed in, where they go; a draft is nobody else's."""
    sides: dict[str, int] = {Side.SOURCE: request.student.current_center_id}
    if request.kind == ChangeKind.CHANGE_CENTER:
        day = request.effective_date
        there = [one for one in before.periods if day and one.begin <= day]
        sides[Side.SOURCE] = there[-1].center_id if there else before.periods[0].center_id
        if request.new_center_id and request.status != RequestStatus.DRAFT:
            sides[Side.TARGET] = request.new_center_id
    return sides


def ask_sides(request: ChangeRequest, *, by: Any) -> None:
    """Ask both centres of a transfer; whoever submits and may speak for a side has spoken for it."""
    if request.kind != ChangeKind.CHANGE_CENTER:
        return
    for party in request.parties.select_related("center"):
        speaks = can(by, "enrollment.consent_change", party)
        party.consent = Consent.GIVEN if speaks else Consent.WAITING
        party.said_by, party.said_at = (by, timezone.now()) if speaks else (None, None)
        party.comment = ""
        party.save()
        if not speaks:
            asked = users_holding("enrollment.consent_change", party)
            notify(asked, "consent_asked", institution=request.institution, subject=request, center=party.center)


def require_consents(request: ChangeRequest, before: Life) -> None:
    """Raises DomainError `consent_missing` while a side has not spoken, `consent_refused` where one does not agree, and
    `other_center_now` if another transfer, decided meanwhile, leaves the student at a centre that nobody has asked."""
    asked = dict(request.parties.values_list("side", "center"))
    if request.kind == ChangeKind.CHANGE_CENTER and asked != _sides(request, before):
        raise DomainError(
            _(
                "The student is elsewhere on that day now. Return the request: when it comes again, that centre is asked."
            ),
            code="other_center_now",
        )
    said = set(request.parties.values_list("consent", flat=True))
    if Consent.REFUSED in said:
        raise DomainError(_("A learning centre does not agree."), code="consent_refused")
    if Consent.WAITING in said:
        raise refuse("consent_missing")


@transaction.atomic
def give_consent(
    party: RequestParty, *, agrees: bool, comment: str = "", seen: int | None = None, by: Any
) -> ChangeRequest:
    """A centre agrees, or does not (then with a comment). Right: `enrollment.consent_change`, at that centre.

    Raises DomainError `stale` if something else is asked for meanwhile, `consent_not_asked` if nobody waits for this side's
    word, `required` for a refusal without a comment.
    """
    require(by, "enrollment.consent_change", party)
    if not agrees and not comment.strip():
        raise DomainError(_("Say why the centre does not agree."), code="required")
    return _speak(party, Consent.GIVEN if agrees else Consent.REFUSED, comment, "enrollment.consent_change", by, seen)


@transaction.atomic
def waive_consent(party: RequestParty, *, reason: str, seen: int | None = None, by: Any) -> ChangeRequest:
    """Go on without the word of a side. Right: `enrollment.waive_consent`.

    Raises DomainError `stale`, `consent_not_asked`, and `required` without a reason.
    """
    require(by, "enrollment.waive_consent", party)
    if not reason.strip():
        raise DomainError(_("Give a reason; it stays with the decision."), code="required")
    return _speak(party, Consent.WAIVED, reason, "enrollment.waive_consent", by, seen)


def _speak(party: RequestParty, consent: str, comment: str, verb: str, by: Any, seen: int | None) -> ChangeRequest:
    request = lock_as_seen(party.request, seen)
    party = RequestParty.objects.get(pk=party.pk)
    if request.status != RequestStatus.SUBMITTED or party.consent != Consent.WAITING:
        raise DomainError(_("Nobody waits for the word of this centre."), code="consent_not_asked")
    with recording(request.institution, by=by, reason=verb) as entry:
        party.consent, party.said_by, party.said_at, party.comment = consent, by, timezone.now(), comment.strip()
        party.save()
        take_step(request, verb, by=by, entry=entry, comment=comment.strip(), grows=False)
        tell_who_decides(request)
    return request
