"""One human being, two records: proposing, merging, taking a merge back, and remembering who is not the same.

A merge moves nothing: enrolments stay where they are, figures that count persons count the cluster once (domain.md §6.2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.ledger import recording
from people.models import DistinctPersons, Person, PersonMerge


@dataclass(frozen=True)
class DuplicateCandidate:
    first: Person
    second: Person


def duplicate_candidates(institution: Any, limit: int = 200) -> Iterator[DuplicateCandidate]:
    """Pairs with the same name and birth date that nobody has merged or told apart yet, at most `limit`."""
    known = Person.objects.current().filter(institution=institution)
    alike = (
        known.exclude(birth_date=None)
        .values("name", "birth_date")
        .annotate(records=Count("pk"))
        .filter(records__gt=1)
        .order_by("name", "birth_date")[:limit]
    )
    judged = set(DistinctPersons.objects.current().filter(institution=institution).values_list("first", "second"))
    judged |= set(PersonMerge.objects.current().filter(institution=institution).values_list("kept", "merged"))
    for group in alike:
        persons = list(known.filter(name=group["name"], birth_date=group["birth_date"]).order_by("pk"))
        for index, first in enumerate(persons):
            for second in persons[index + 1 :]:
                if not {(first.pk, second.pk), (second.pk, first.pk)} & judged:
                    yield DuplicateCandidate(first, second)


def head_of(person: Person) -> Person:
    """The person that this one is counted as."""
    merge = PersonMerge.objects.current().filter(merged=person).select_related("kept").first()
    return merge.kept if merge else person


@transaction.atomic
def merge_persons(kept: Person, merged: Person, *, reason: str, by: Any) -> PersonMerge:
    """Count `merged` (and whoever was merged into it) as `kept`. Right: `people.merge_persons`.

    Raises DomainError `same_person` if they are one already, `told_apart` if someone has found them to be two.
    """
    for person in (kept, merged):
        require(by, "people.merge_persons", person)
    list(Person.objects.select_for_update(of=("self",)).filter(pk__in=[kept.pk, merged.pk]).order_by("pk"))
    head, other = head_of(kept), head_of(merged)
    if head.pk == other.pk or head.institution_id != other.institution_id:
        raise DomainError(_("These records are counted as one person already."), code="same_person")
    if DistinctPersons.objects.current().filter(**_in_order(kept, merged)).exists():
        raise DomainError(_("Someone has found these to be two different people."), code="told_apart")
    with recording(head.institution, by=by, reason="people.merge_persons") as entry:
        followers = [*PersonMerge.objects.current().filter(kept=other).values_list("merged", flat=True), other.pk]
        PersonMerge.objects.current().filter(kept=other).supersede(entry.id)
        PersonMerge.objects.bulk_create(
            PersonMerge(
                institution=head.institution, kept=head, merged_id=follower, reason=reason, recorded_in_id=entry.id
            )
            for follower in followers
        )
        entry.note("people.merge_persons", head, reason=reason, merged=str(merged.public_id))
    return PersonMerge.objects.current().get(merged=other)


@transaction.atomic
def undo_merge(merge: PersonMerge, *, reason: str, by: Any) -> None:
    """Count the merged person as one of their own again. Right: `people.merge_persons`."""
    require(by, "people.merge_persons", merge.merged)
    with recording(merge.institution, by=by, reason="people.undo_merge") as entry:
        PersonMerge.objects.filter(pk=merge.pk).supersede(entry.id)
        entry.note("people.undo_merge", merge.merged, reason=reason)


@transaction.atomic
def tell_apart(first: Person, second: Person, *, reason: str, by: Any) -> None:
    """Remember that these alike people are two. Right: `people.merge_persons`; raises `same_person` after a merge."""
    for person in (first, second):
        require(by, "people.merge_persons", person)
    if head_of(first).pk == head_of(second).pk:
        raise DomainError(_("These records are counted as one person already."), code="same_person")
    with recording(first.institution, by=by, reason="people.tell_apart") as entry:
        DistinctPersons.objects.create(
            institution=first.institution, reason=reason, recorded_in_id=entry.id, **_in_order(first, second)
        )
        entry.note("people.tell_apart", first, reason=reason, other=str(second.public_id))


def _in_order(first: Person, second: Person) -> dict[str, Person]:
    lower, higher = sorted((first, second), key=lambda person: person.pk)
    return {"first": lower, "second": higher}
