"""Showing a personal number in clear: an act with a reason, written to the trail before anything is shown (domain.md §8)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.audit import AuditNote, write_audit
from common.errors import DomainError
from people.models import Contact, IdentityDocument, Person

SHORTEST_REASON = 4


def _note(person: Person, what: str, reason: str, by: Any) -> None:
    require(by, "people.reveal_number", person)
    if len(reason.strip()) < SHORTEST_REASON:
        raise DomainError(_("Say what you need the number for."), code="required")
    note = AuditNote("people.reveal_number", person, reason.strip(), {"what": what})
    write_audit([note], by=by, institution_id=person.institution_id)


@transaction.atomic
def reveal_number(document: IdentityDocument, *, reason: str, by: Any) -> str:
    """The document's number in clear. Right: `people.reveal_number`; raises DomainError `required` without a reason."""
    _note(document.person, str(document.type), reason, by)
    return document.number


@transaction.atomic
def reveal_contact(contact: Contact, *, reason: str, by: Any) -> str:
    """A phone number, address or e-mail in clear. Right: `people.reveal_number`; raises DomainError `required`."""
    _note(contact.person, str(contact.kind), reason, by)
    return contact.value
