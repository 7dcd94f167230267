"""The facts that can be corrected (勘误): how each is written, read, and what it is now (docs/rules.md §2.4)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise

from common.codes import ethnicities
from common.codes.countries import country_name, country_named
from common.dates import today
from common.errors import DomainError
from common.identifiers.citizen import IdentityNumber
from common.identifiers.credentials import DIPLOMA_FORM
from common.identifiers.documents import compact, identity_number
from common.identifiers.errors import IdentifierError
from common.masking import mask_beside_birth_date
from enrollment.records.models.students import Student, StudentEntry
from enrollment.records.services.change_refusals import refuse
from enrollment.records.services.revealing import NUMBER_FACTS
from enrollment.requests.models.requests import ALIVE, FACT_NAMES, ChangeRequest
from exchange.issues import CODES
from exchange.raw import normalize
from exchange.types import CellType, Code, Context, Date, Enumerated, Length, Name, Refusal, Text
from learning_centers.models.majors import LevelPath, StudyForm
from people.models import IdentityDocument, PersonFacts
from people.models.persons import IdentityType, PoliticalStatus, Sex

PERSON, DOCUMENT, ENTRY = "person", "document", "entry"


class Country(CellType):
    def parse(self, text: str, context: Context) -> str:
        country = country_named(text)
        if country is None:
            raise Refusal("value_not_allowed")
        return country.iso3


@dataclass(frozen=True)
class Fact:
    """`about` tells where it is kept; `type` reads it as a cell of a file is read."""

    about: str
    type: CellType
    read: Callable[[StudentEntry], Any] | None = None


def _course(part: str) -> Callable[[StudentEntry], Any]:
    return {
        "major": lambda entry: entry.programme_version.programme.major.code,
        "level_path": lambda entry: entry.programme_version.programme.level_path,
        "study_form": lambda entry: entry.programme_version.study_form,
    }[part]


FACTS: dict[str, Fact] = {
    "name": Fact(PERSON, Name()),
    "latin_name": Fact(PERSON, Text(100)),
    "sex": Fact(PERSON, Enumerated("sex")),
    "birth_date": Fact(PERSON, Date(past=True)),
    "nationality": Fact(PERSON, Country()),
    "ethnicity": Fact(PERSON, Enumerated("ethnicity", ethnicities.spellings())),
    "political_status": Fact(PERSON, Enumerated("political_status")),
    "id_no": Fact(DOCUMENT, Text(60)),
    "entry_date": Fact(ENTRY, Date(), lambda entry: entry.entry_date),
    "major": Fact(ENTRY, Code(r"\d{6}(T|K|TK)?", pad=6), _course("major")),
    "level_path": Fact(ENTRY, Enumerated("level_path"), _course("level_path")),
    "study_form": Fact(ENTRY, Enumerated("study_form"), _course("study_form")),
    "length": Fact(ENTRY, Length(), lambda entry: entry.length),
    "candidate_no": Fact(ENTRY, Code(r"\d{14}"), lambda entry: entry.candidate_no),
    "prior_certificate_no": Fact(ENTRY, Code(DIPLOMA_FORM), lambda entry: entry.prior_certificate_no),
}


def correctable_facts() -> list[tuple[str, Promise]]:
    """Code and name of each, for a choice."""
    return [(code, FACT_NAMES[code]) for code in FACTS]


def entry_of(student: Student) -> StudentEntry:
    rows = StudentEntry.objects.current().select_related(
        "batch", "programme_version__programme__major", "programme_version__programme__school"
    )
    return rows.get(student=student)


def document_of(student: Student) -> IdentityDocument:
    """The document with which the person was registered: the first that is still known."""
    return IdentityDocument.objects.current().filter(person=student.person_id).order_by("pk")[0]


def present_value(student: Student, fact: str) -> str:
    """What is known now, as text: codes, ISO dates, `type number` of a document. Personal: seal or mask it."""
    known = FACTS[fact]
    if known.about == DOCUMENT:
        document = document_of(student)
        return f"{document.type} {document.number}"
    if known.read:
        return as_text(known.read(entry_of(student)))
    return as_text(getattr(PersonFacts.objects.current().get(person=student.person_id), fact))


def as_text(value: Any) -> str:
    if isinstance(value, IdentityNumber):
        return f"{value.type} {value.number}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


CHOICES: dict[str, type[TextChoices]] = {
    "sex": Sex, "political_status": PoliticalStatus, "level_path": LevelPath, "study_form": StudyForm,
}  # fmt: skip
NAMES = {"ethnicity": ethnicities.ethnicity_name, "nationality": country_name}


def said_of(fact: str, value: str | None) -> str:
    """A value of a correction as it may be shown: in the reader's words, numbers masked, a document's type is not."""
    if not value:
        return ""
    if fact in NUMBER_FACTS:
        kind, _blank, number = value.rpartition(" ")
        label = IdentityType(kind).label if kind in IdentityType.values else kind
        return f"{label} {mask_beside_birth_date(number)}".strip()
    if fact in CHOICES and value in CHOICES[fact].values:
        return str(CHOICES[fact](value).label)
    return NAMES[fact](value) if fact in NAMES else value


def follow_from(request: ChangeRequest) -> list[tuple[str, str, str]]:
    """(fact, before, after) of what a corrected number will change beside itself: birth date and sex stand in it."""
    if request.fact != "id_no" or request.status not in ALIVE or not request.new_value:
        return []
    try:
        number = _number(request.new_value, IdentityType.RESIDENT_ID, today(request.institution))
    except IdentifierError:  # no number of today any more
        return []
    said = {"birth_date": number.birth, "sex": number.sex}
    known = PersonFacts.objects.current().get(person=request.student.person_id)
    changed = {name: value for name, value in said.items() if value and value != getattr(known, name)}
    return [
        (name, said_of(name, as_text(getattr(known, name))), said_of(name, as_text(value)))
        for name, value in changed.items()
    ]


def value_of(student: Student, fact: str, text: str) -> Any:
    """The new value, judged as a cell of a file is; raises DomainError with the contract's code of what is wrong.

    A document's number may be preceded by its type (`resident_id 1101…`); without one the present type stays.
    """
    if fact not in FACTS or not text.strip():
        raise refuse("required")
    text, day = normalize(text)[0], today(student.institution)
    try:
        if FACTS[fact].about == DOCUMENT:
            return _number(text, str(document_of(student).type), day)
        return FACTS[fact].type.parse(text, Context(day))
    except (Refusal, IdentifierError) as refusal:
        raise DomainError(CODES[refusal.code].sentence, code=refusal.code) from refusal


def _number(text: str, present_type: str, day: dt.date) -> IdentityNumber:
    first, _blank, rest = text.partition(" ")
    kind, number = (first, rest) if first in IdentityType.values else (present_type, text)
    if kind in (IdentityType.MILITARY, IdentityType.OTHER):
        return IdentityNumber(kind, compact(number))
    return identity_number(number, today=day, kind=kind)
