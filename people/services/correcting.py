"""Correcting (勘误) what is known about a person: the earlier reading stays known up to the correction (docs/rules.md §2.4)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.ledger import OpenRecording, recording
from people.models import IdentityDocument, Person, PersonFacts
from people.models.persons import IdentityType
from people.services.registering import FACTS, identity_digest, revise_persons


@transaction.atomic
def correct_person(person: Person, facts: dict[str, Any], *, reason: str, by: Any) -> PersonFacts:
    """Write a new reading of some facts (`people.services.registering.FACTS`). Right: `people.correct_person`.

    Raises DomainError `required` without a reason, `nothing_changes` if all is known so. The audit row names the facts that
    changed, never their values.
    """
    require(by, "people.correct_person", person)
    if not reason:
        raise DomainError(_("Give a reason; it stays with the decision."), code="required")
    if unknown := set(facts) - set(FACTS):
        raise LookupError(f"no facts about a person: {sorted(unknown)}")
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    known = PersonFacts.objects.current().get(person=person)
    changed = {name: value for name, value in facts.items() if getattr(known, name) != value}
    if not changed:
        raise DomainError(_("All of this is known already."), code="nothing_changes")
    with recording(person.institution, by=by, reason="people.correct_person") as entry:
        revise_persons(person.institution_id, {person.pk: changed}, entry=entry, rows={})
        entry.note("people.correct_person", person, reason=reason, facts=sorted(changed))
    return PersonFacts.objects.current().get(person=person)


def replace_document(known: IdentityDocument, kind: str, number: str, *, entry: OpenRecording) -> None:
    """Write another reading of an identity document; the earlier one stays known up to this recording.

    The caller has asked for the right and made sure that nobody else has the number (the database refuses it otherwise).
    """
    IdentityDocument.objects.filter(pk=known.pk).supersede(entry.id)
    same_kind = kind == known.type
    IdentityDocument.objects.create(
        institution_id=known.institution_id,
        person_id=known.person_id,
        type=kind,
        number=number,
        digest=identity_digest(known.institution_id, kind, number),
        country=known.country if same_kind else "CHN" if kind == IdentityType.RESIDENT_ID else "",
        expires_on=known.expires_on if same_kind else None,
        recorded_in_id=entry.id,
    )
