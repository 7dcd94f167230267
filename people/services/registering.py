"""Persons come in: one per institution and identity number, found again by the number's keyed digest."""

import datetime as dt
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from common.bulk import copy_rows, next_ids
from common.crypto import digest, encryptor
from common.keys import new_public_ids
from common.ledger import OpenRecording
from people.models import Contact, IdentityDocument, Person, PersonFacts
from people.models.persons import name_grams
from people.pinyin import spell

FACTS = ("name", "latin_name", "sex", "birth_date", "nationality", "ethnicity", "political_status")
facts_of = attrgetter(*FACTS)


class PersonDraft(NamedTuple):
    """What is said about a person. Numbers are normalised (docs/files.md §4.3); an empty value says nothing."""

    name: str
    id_type: str
    id_no: str
    sex: str = ""
    birth_date: dt.date | None = None
    nationality: str = "CHN"
    ethnicity: str = ""
    political_status: str = ""
    latin_name: str = ""
    phone: str = ""
    source_row: int | None = None


def identity_digest(institution_id: int, id_type: str, id_no: str) -> bytes:
    """The key under which an identity number is found in one institution; useless to link two institutions."""
    return digest("people.identity", f"{institution_id}|{id_type}|{id_no}")


def persons_by_digest(institution_id: int, digests: Iterable[bytes]) -> dict[bytes, int]:
    """Stored persons of the institution by the digest of one of their documents."""
    found = IdentityDocument.objects.current().filter(institution_id=institution_id, digest__any=digests)
    return {bytes(key): person for key, person in found.values_list("digest", "person_id")}


def register_persons(
    institution: Any,
    drafts: Sequence[PersonDraft],
    *,
    entry: OpenRecording,
    known: tuple[Sequence[bytes], dict[bytes, int]] | None = None,
) -> list[int]:
    """The key of each draft's person, in order: a stored one with the same number, or a new one.

    Facts of persons that are stored already are not touched here (see `revise_persons`). Two drafts with one number are
    one person. `known` spares the search to a caller who has searched: the digest of each draft, and persons by digest.
    """
    if known is None:
        digests: Sequence[bytes] = [identity_digest(institution.pk, draft.id_type, draft.id_no) for draft in drafts]
        persons = persons_by_digest(institution.pk, digests)
    else:
        digests, persons = known[0], dict(known[1])
    fresh = {key: draft for key, draft in zip(digests, drafts, strict=True) if key not in persons}
    keys = next_ids(Person, len(fresh)) if fresh else []
    persons |= dict(zip(fresh, keys, strict=True))
    _write(institution.pk, fresh, persons, entry)
    return [persons[key] for key in digests]


def _write(institution_id: int, fresh: dict[bytes, PersonDraft], keys: dict[bytes, int], entry: OpenRecording) -> None:
    seal_number = encryptor("people.identitydocument.number")
    copy_rows(
        Person,
        ("id", "public_id", "institution_id", "name", "pinyin", "initials", "name_grams", "sex", "birth_date",
         "recorded_in_id", "source_row"),
        (
            (keys[key], public_id, institution_id, draft.name, *spell(draft.name), name_grams(draft.name),
             draft.sex, draft.birth_date, entry.id, draft.source_row)
            for (key, draft), public_id in zip(fresh.items(), new_public_ids(len(fresh)), strict=True)
        ),
    )  # fmt: skip
    copy_rows(
        PersonFacts,
        ("institution_id", "person_id", *FACTS, "recorded_in_id", "source_row"),
        ((institution_id, keys[key], *facts_of(draft), entry.id, draft.source_row) for key, draft in fresh.items()),
    )
    copy_rows(
        IdentityDocument,
        ("id", "institution_id", "person_id", "type", "number", "digest", "country", "recorded_in_id", "source_row"),
        (
            (row, institution_id, keys[key], draft.id_type, seal_number(draft.id_no.encode(), institution_id, row), key,
             "CHN" if draft.id_type == "resident_id" else "", entry.id, draft.source_row)
            for row, (key, draft) in zip(next_ids(IdentityDocument, len(fresh)), fresh.items(), strict=True)
        ),
    )  # fmt: skip
    _write_phones(institution_id, {keys[key]: draft for key, draft in fresh.items() if draft.phone}, entry)


def write_phones(institution_id: int, drafts: dict[int, PersonDraft], *, entry: OpenRecording) -> None:
    """Set phones by person; an earlier one is superseded."""
    Contact.objects.current().filter(person_id__in=drafts, kind=Contact.Kind.PHONE).supersede(entry.id)
    _write_phones(institution_id, drafts, entry)


def _write_phones(institution_id: int, drafts: dict[int, PersonDraft], entry: OpenRecording) -> None:
    seal = encryptor("people.contact.value")
    copy_rows(
        Contact,
        ("id", "institution_id", "person_id", "kind", "value", "recorded_in_id", "source_row"),
        (
            (row, institution_id, person, Contact.Kind.PHONE, seal(draft.phone.encode(), institution_id, row), entry.id,
             draft.source_row)
            for row, (person, draft) in zip(next_ids(Contact, len(drafts)), drafts.items(), strict=True)
        ),
    )  # fmt: skip


def revise_persons(
    institution_id: int, revisions: dict[int, dict[str, Any]], *, entry: OpenRecording, rows: dict[int, int]
) -> None:
    """Write new readings of persons' facts: `{person: {fact: value}}`; `rows` gives the file row of each.

    The earlier reading stays known up to this recording; the projections on the person follow.
    """
    current = {facts.person_id: facts for facts in PersonFacts.objects.current().filter(person_id__in=revisions)}
    PersonFacts.objects.filter(pk__in=[facts.pk for facts in current.values()]).supersede(entry.id)
    written = []
    for person, changes in revisions.items():
        values = {fact: getattr(current[person], fact) for fact in FACTS} | changes
        written.append((person, values))
    copy_rows(
        PersonFacts,
        ("institution_id", "person_id", *FACTS, "recorded_in_id", "source_row"),
        ((institution_id, person, *values.values(), entry.id, rows.get(person)) for person, values in written),
    )
    project_persons(written)


def project_persons(readings: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Bring the list columns of persons in line with their present facts."""
    persons = []
    for key, values in readings:
        pinyin, initials = spell(values["name"])
        persons.append(
            Person(
                pk=key,
                name=values["name"],
                pinyin=pinyin,
                initials=initials,
                name_grams=name_grams(values["name"]),
                sex=values["sex"],
                birth_date=values["birth_date"],
            )
        )
    Person.objects.bulk_update(
        persons, ["name", "pinyin", "initials", "name_grams", "sex", "birth_date"], batch_size=2000
    )
