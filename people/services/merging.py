"""One human being, two records: proposing, merging, taking a merge back, and remembering who is not the same.

A merge moves nothing: enrolments stay where they are, figures that count persons count the cluster once (docs/rules.md §6.2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
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
    """Pairs with the same name and birth date, counted as two, that nobody has told apart yet; at most `limit` names."""
    known = Person.objects.current().filter(institution=institution)
    alike = (
        known.exclude(birth_date=None)
        .values("name", "birth_date")
        .annotate(records=Count("pk"))
        .filter(records__gt=1)
        .order_by("name", "birth_date")[:limit]
    )
    judged = set(DistinctPersons.objects.current().filter(institution=institution).values_list("first", "second"))
    heads = dict(PersonMerge.objects.current().filter(institution=institution).values_list("merged", "kept"))
    for group in alike:
        persons = list(known.filter(name=group["name"], birth_date=group["birth_date"]).order_by("pk"))
        for index, first in enumerate(persons):
            for second in persons[index + 1 :]:
                one_already = heads.get(first.pk, first.pk) == heads.get(second.pk, second.pk)
                if not one_already and (first.pk, second.pk) not in judged:
                    yield DuplicateCandidate(first, second)


def head_of(person: Person) -> Person:
    """The person that this one is counted as."""
    merge = PersonMerge.objects.current().filter(merged=person).select_related("kept").first()
    return merge.kept if merge else person


@transaction.atomic
def merge_persons(kept: Person, merged: Person, *, reason: str, by: Any) -> PersonMerge:
    """Count `merged` (and whoever was merged into it) as `kept`. Right: `people.merge_persons`.

    Raises DomainError `same_person` if they are one already, `told_apart` if someone has found them, or two of those who
    are counted as them, to be two.
    """
    for person in (kept, merged):
        require(by, "people.merge_persons", person)
    list(Person.objects.select_for_update(of=("self",)).filter(pk__in=[kept.pk, merged.pk]).order_by("pk"))
    head, other = head_of(kept), head_of(merged)
    if head.pk == other.pk or head.institution_id != other.institution_id:
        raise DomainError(_("These records are counted as one person already."), code="same_person")
    if _told_apart(_counted_as(head), _counted_as(other)):
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


def _counted_as(head: Person) -> set[int]:
    return {head.pk, *PersonMerge.objects.current().filter(kept=head).values_list("merged", flat=True)}


def _told_apart(some: set[int], others: set[int]) -> bool:
    pairs = Q(first__in=some, second__in=others) | Q(first__in=others, second__in=some)
    return DistinctPersons.objects.current().filter(pairs).exists()


@transaction.atomic
def undo_merge(merge: PersonMerge, *, reason: str, by: Any) -> None:
    """Count the merged person as one of their own again, with those who had been merged into them before.

    Right: `people.merge_persons`. Raises DomainError `required` without a reason, `already_undone`.
    """
    require(by, "people.merge_persons", merge.merged)
    if not reason.strip():
        raise DomainError(_("Give a reason; it stays with the decision."), code="required")
    list(Person.objects.select_for_update(of=("self",)).filter(pk__in=[merge.kept_id, merge.merged_id]).order_by("pk"))
    standing = PersonMerge.objects.current().filter(kept=merge.kept_id)
    if not standing.filter(pk=merge.pk).exists():
        raise DomainError(_("This merge does not hold any more."), code="already_undone")
    followers = list(standing.filter(merged__in=_came_with(merge)))
    with recording(merge.institution, by=by, reason="people.undo_merge") as entry:
        standing.filter(pk__in=[merge.pk, *(one.pk for one in followers)]).supersede(entry.id)
        PersonMerge.objects.bulk_create(
            PersonMerge(
                institution_id=one.institution_id, kept_id=merge.merged_id, merged_id=one.merged_id, reason=one.reason,
                recorded_in_id=entry.id,
            )
            for one in followers
        )  # fmt: skip
        entry.note("people.undo_merge", merge.merged, reason=reason)


def _came_with(merge: PersonMerge) -> set[int]:
    """Who had been counted as the merged person, at first hand or through others, when the merge was made."""
    standing = PersonMerge.objects.current().filter(kept=merge.kept_id).values_list("merged", flat=True)
    chosen: dict[int, int] = {}
    follows: dict[int, int] = {}
    for one in PersonMerge.objects.filter(merged__in=standing).order_by("-pk"):
        if one.superseded_in_id is None or follows.get(one.merged_id) == one.superseded_in_id:
            chosen[one.merged_id], follows[one.merged_id] = one.kept_id, one.recorded_in_id
    found: set[int] = set()
    reached = {merge.merged_id}
    while reached:
        found |= reached
        reached = {merged for merged, kept in chosen.items() if kept in reached} - found
    return found - {merge.merged_id}


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
