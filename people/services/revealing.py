"""Showing a personal number in clear: an act with a reason, written to the trail before anything is shown (docs/rules.md §8)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.audit import AuditNote, write_audit
from common.purposes import purpose
from people.models import Contact, IdentityDocument, Person
from people.services.limits import Kind, count_disclosures


def _note(person: Person, what: str, reason: str, by: Any) -> None:
    require(by, "people.reveal_number", person)
    said = purpose(reason, _("Say what you need the number for."))
    count_disclosures(Kind.REVEAL, by=by)
    note = AuditNote("people.reveal_number", person, said, {"what": what})
    write_audit([note], by=by, institution_id=person.institution_id)


@transaction.atomic
def reveal_number(document: IdentityDocument, *, reason: str, by: Any) -> str:
    """The document's number in clear. Right: `people.reveal_number`; raises DomainError as `purpose` and
    `count_disclosures` do."""
    _note(document.person, str(document.type), reason, by)
    return document.number


@transaction.atomic
def reveal_contact(contact: Contact, *, reason: str, by: Any) -> str:
    """A phone number, address or e-mail in clear. Right and refusals as for `reveal_number`."""
    _note(contact.person, str(contact.kind), reason, by)
    return contact.value
