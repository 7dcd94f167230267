"""What is stored about the numbers and persons of some rows of `new_students`."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from common.identifiers import IdentityNumber
from enrollment.admission.services.places import admitted
from enrollment.records.models.students import Student, StudentEntry, StudentPeriod
from exchange.importing import Row
from people.models import Contact, IdentityDocument, PersonFacts
from people.services import identity_digest

FACTS = ("name", "sex", "birth_date", "nationality", "ethnicity", "political_status")
OWN_ENTRY = ("length", "candidate_no", "branch_name", "class_name", "expected_graduation", "prior_certificate_no")


class StoredStudent(NamedTuple):
    id: int
    institution_id: int
    person_id: int


class StoredEntry(NamedTuple):
    """As `STORED_ENTRY` reads it."""

    id: int
    student_id: int
    kind: str
    origin: str
    entry_date: dt.date
    batch: str
    center_id: int
    programme_version_id: int
    length: Decimal
    candidate_no: str
    branch_name: str
    class_name: str
    expected_graduation: dt.date | None
    prior_certificate_no: str


STORED_ENTRY = (
    "pk", "student_id", "kind", "origin", "entry_date", "batch__code", "center_id", "programme_version_id", *OWN_ENTRY,
)  # fmt: skip


@dataclass
class Known:
    """What is stored about the numbers and persons of some rows."""

    students: dict[tuple[int, str], StoredStudent] = field(default_factory=dict)
    numbers: dict[str, list[StoredStudent]] = field(default_factory=dict)
    persons: dict[tuple[int, bytes], int] = field(default_factory=dict)
    enrolled: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    entries: dict[int, StoredEntry] = field(default_factory=dict)
    facts: dict[int, dict[str, Any]] = field(default_factory=dict)
    digests: dict[int, bytes] = field(default_factory=dict)
    admitted: set[tuple[int, bytes, str]] = field(default_factory=set)

    @classmethod
    def load(cls, desk: Any, rows: Sequence[Row]) -> "Known":
        known = cls()
        numbers = [row["student_no"] for row in rows if row.sound("student_no")]
        stored = desk.reachable(Student.objects.current()).filter(student_no__any=numbers)
        for number, *student in stored.values_list("student_no", "pk", "institution_id", "person_id"):
            found = StoredStudent(*student)
            known.students[found.institution_id, number] = found
            known.numbers.setdefault(number, []).append(found)
        known.digests = {
            row.number: identity_digest(row.institution_id, *row["id_no"].person)
            for row in rows
            if row.institution_id and isinstance(row["id_no"], IdentityNumber)
        }
        institutions = {row.institution_id for row in rows if row.institution_id}
        documents = IdentityDocument.objects.current().filter(
            institution__in=institutions, digest__any=known.digests.values()
        )
        for institution, digest, person in documents.values_list("institution_id", "digest", "person_id"):
            known.persons[institution, bytes(digest)] = person
        known.admitted = admitted(institutions, known.digests.values())
        if known.persons:
            going_on = StudentPeriod.objects.current().filter(
                student__person__id__any=known.persons.values(), student__superseded_in=None, end=None
            )
            for person, number in going_on.values_list("student__person_id", "student__student_no"):
                known.enrolled[person].add(number)
        return known

    def load_stored(self, rows: Sequence[Row]) -> None:
        """Entries and facts of rows whose number or person is stored: what they are compared with."""
        students = [
            student.id
            for row in rows
            if (student := self.students.get((row.institution_id or 0, row["student_no"]))) is not None
        ]
        if students:
            entries = StudentEntry.objects.current().filter(student__id__any=students).values_list(*STORED_ENTRY)
            self.entries = {entry.student_id: entry for entry in map(StoredEntry._make, entries)}
        persons = set(self.persons.values())
        if not persons:
            return
        for person, *values in (
            PersonFacts.objects.current().filter(person__id__any=persons).values_list("person_id", *FACTS)
        ):
            self.facts[person] = dict(zip(FACTS, values, strict=True)) | {"phone": ""}
        phones = Contact.objects.current().filter(person__id__any=persons, kind=Contact.Kind.PHONE)
        for person, phone in phones.values_list("person_id", "value"):
            self.facts[person]["phone"] = phone


def person_of(institution: int, identity: IdentityNumber) -> int | None:
    digest = identity_digest(institution, *identity.person)
    documents = IdentityDocument.objects.current().filter(institution=institution, digest=digest)
    return documents.values_list("person_id", flat=True).first()
