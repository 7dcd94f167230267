"""What was known about a person before: each reading of facts and documents that another one has replaced."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from common.models import Recording
from people.models import IdentityDocument, Person, PersonFacts
from people.services.registering import FACTS


@dataclass(frozen=True)
class Revision:
    """Values as they are kept: of a document `type number`."""

    recording: Recording
    fact: str
    before: Any
    after: Any


def revisions_of(person: Person) -> list[Revision]:
    """The latest first; what was first said of a fact, where it was empty, is none."""
    found = [*_of_facts(person), *_of_documents(person)]
    return sorted(found, key=lambda one: one.recording.number, reverse=True)


def _of_facts(person: Person) -> Iterator[Revision]:
    readings = PersonFacts.objects.filter(person=person).select_related("recorded_in__actor").order_by("pk")
    for before, after in pairwise(readings):
        for fact in FACTS:
            values = getattr(before, fact), getattr(after, fact)
            if values[0] and values[0] != values[1]:
                yield Revision(after.recorded_in, fact, *values)


def _of_documents(person: Person) -> Iterator[Revision]:
    """One replaces another where it is recorded as that one is superseded."""
    known = IdentityDocument.objects.filter(person=person).select_related("recorded_in__actor").order_by("pk")
    documents = list(known)
    for before in documents:
        for after in documents:
            told = f"{before.type} {before.number}", f"{after.type} {after.number}"
            if before.superseded_in_id == after.recorded_in_id and told[0] != told[1]:
                yield Revision(after.recorded_in, "id_no", *told)
