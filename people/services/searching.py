"""Looking up whose an identity number is: the whole number alone finds, and each look-up is counted and on the trail."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from common.audit import AuditNote, write_audit
from people.models.persons import IdentityType
from people.services.limits import Kind, count_disclosures
from people.services.registering import identity_digest, persons_by_digest


@transaction.atomic
def persons_with_number(number: str, institutions: Sequence[int], *, by: Any) -> set[int]:
    """The persons who hold a document with this number, in the one form that numbers are written in. The trail keeps its digest.

    Raises DomainError `too_many_this_hour`.
    """
    count_disclosures(Kind.NUMBER_SEARCH, by=by)
    found: set[int] = set()
    for institution in institutions:
        digests = [identity_digest(institution, str(kind), number) for kind in IdentityType]
        owners = persons_by_digest(institution, digests)
        found |= set(owners.values())
        detail = {"digest": digests[0].hex(), "found": len(owners)}
        note = AuditNote("people.search_number", detail=detail)
        write_audit([note], by=by, institution_id=institution)
    return found
