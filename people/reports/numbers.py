"""A person's numbers as they may be shown beside the birth date: masked, with the key by which each can be asked for in clear."""

from dataclasses import dataclass
from typing import Any

from common.masking import mask, mask_beside_birth_date, mask_email
from people.models import Contact, IdentityDocument, Person


@dataclass(frozen=True)
class PersonalNumber:
    kind: str
    """`document` or `contact`."""
    key: int
    label: Any
    masked: str


def personal_numbers(person: Person) -> list[PersonalNumber]:
    """Identity documents and contacts known today."""
    documents = IdentityDocument.objects.current().filter(person=person).order_by("id")
    contacts = Contact.objects.current().filter(person=person).order_by("kind")
    shown = [
        PersonalNumber("document", one.pk, one.get_type_display(), mask_beside_birth_date(one.number))
        for one in documents
    ]
    for one in contacts:
        masked = mask_email(one.value) if one.kind == Contact.Kind.EMAIL else mask(one.value)
        shown.append(PersonalNumber("contact", one.pk, one.get_kind_display(), masked))
    return shown
