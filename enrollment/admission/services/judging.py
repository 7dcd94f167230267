"""Can what an applicant says be true, and is it all that is needed? Asked while typing, at submission, and by files."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from common.dates import today
from common.identifiers import IdentifierError, candidate_number, diploma_number, identity_number, phone_number
from common.identifiers.documents import compact
from enrollment.admission.models.applications import Application
from enrollment.admission.services.refusals import sentence
from enrollment.admission.services.ruling import ruled
from enrollment.admission.services.transferring import Transfers
from enrollment.records.services.placement import Placement
from exchange.raw import normalize
from exchange.types import Context, Name, Refusal
from learning_centers.models.majors import LevelPath
from learning_centers.rules import Rulebook

ALWAYS = ("name", "sex", "birth_date", "phone")
PRIOR = ("prior_school", "prior_certificate_no")
WITH_ETHNICITY = "resident_id"


@dataclass(frozen=True)
class IdentityVerdict:
    """What a document number says of its holder; `code` tells what is wrong with it, `sentence` puts it in words."""

    valid: bool
    id_type: str
    number: str
    birth: dt.date | None = None
    sex: str = ""
    code: str = ""

    @property
    def fault(self) -> str:
        """A form keeps the kind of document that was chosen: it tells which other one the number is of."""
        return f"id_of_{self.id_type}" if self.code == "id_type_corrected" else self.code

    @property
    def sentence(self) -> Any:
        return sentence(self.fault) if self.code else ""


def written(number: str) -> str:
    """A number as somebody typed it, in the one form that files are read in: full-width digits, blanks and hyphens are no
    other number (docs/files.md §3)."""
    return compact(normalize(number)[0])


def written_name(name: str) -> str:
    """A name as somebody typed it, in the one form that files are read in. Raises Refusal for what no name can hold."""
    return Name().parse(normalize(name)[0], Context(today()))


def judge_identity(id_type: str, id_no: str) -> IdentityVerdict:
    """Whether the number can be true, and the birth date and sex inside it; reads no record. A number of another type is
    not valid, but its `id_type`, birth and sex are told."""
    number = written(id_no)
    if not number:
        return IdentityVerdict(False, id_type, number, code="required")
    try:
        judged = identity_number(number, today=today(), kind=id_type)
    except IdentifierError as error:
        return IdentityVerdict(False, id_type, number, code=error.code)
    except KeyError:  # other documents and military cards have no form that could be checked
        return IdentityVerdict(True, id_type, number)
    code = "" if judged.type == id_type else "id_type_corrected"
    return IdentityVerdict(not code, judged.type, judged.number, judged.birth, judged.sex or "", code)


USUAL_AGES = range(15, 71)


def full_years(birth: dt.date, on: dt.date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def unusual_age(birth: dt.date | None, on: dt.date) -> Any:
    """What to look at twice in somebody who enters on a day, in words; a caution, no fault (docs/rules.md §3)."""
    return sentence("age_unusual") if birth and full_years(birth, on) not in USUAL_AGES else ""


@dataclass(frozen=True)
class Fault:
    """Something that keeps an application from being submitted; `field` is empty where no single field is to blame."""

    field: str
    code: str

    @property
    def sentence(self) -> Any:
        return sentence(self.code)


def submission_faults(application: Application) -> list[Fault]:
    """All that keeps it from being handed in, in the order of the form."""
    offering = application.center_offering
    refusal = Placement.load([offering]).refusal(offering, application.batch, application.first_day)
    return [
        *_missing(application),
        *_about_name(application),
        *_about_identity(application),
        *_about_numbers(application),
        *(Fault(*one) for one in (Transfers.of(application).faults(application) if application.is_transfer else ())),
        *([Fault("", refusal)] if refusal else []),
    ]


def needs_prior_diploma(application: Application) -> bool:
    return application.center_offering.programme_version.programme.level_path == LevelPath.JC_TO_BA


def lacks_prior_diploma(application: Application, book: Rulebook) -> bool:
    """A junior-college graduate's diploma is not verified although the rule demands it."""
    verified = application.prior_state == Application.Prior.VERIFIED
    return needs_prior_diploma(application) and not verified and ruled("prior_diploma_verified", application, book=book)


def _missing(application: Application) -> Iterator[Fault]:
    for field in ALWAYS:
        if not getattr(application, field):
            yield Fault(field, "required")
    if application.id_type == WITH_ETHNICITY and not application.ethnicity:
        yield Fault("ethnicity", "required")
    if ruled("candidate_no_required", application) and not application.candidate_no:
        yield Fault("candidate_no", "required")
    if needs_prior_diploma(application):
        for field in PRIOR:
            if not getattr(application, field):
                yield Fault(field, "required")


def _about_name(application: Application) -> Iterator[Fault]:
    try:
        written_name(application.name)
    except Refusal as refusal:
        yield Fault("name", refusal.code)


def _about_identity(application: Application) -> Iterator[Fault]:
    verdict = judge_identity(application.id_type, application.id_no)
    if not verdict.valid:
        yield Fault("id_no", verdict.fault)
        return
    if verdict.birth and application.birth_date and verdict.birth != application.birth_date:
        yield Fault("birth_date", "birth_date_mismatch")
    if verdict.sex and application.sex and verdict.sex != application.sex:
        yield Fault("sex", "sex_mismatch")


FORMS: dict[str, Callable[[str], Any]] = {
    "phone": phone_number,
    "candidate_no": candidate_number,
    "prior_certificate_no": diploma_number,
}


def _about_numbers(application: Application) -> Iterator[Fault]:
    graduated, born = application.prior_graduated_on, application.birth_date
    if graduated and (graduated > today(application.institution) or (born and graduated <= born)):
        yield Fault("prior_graduated_on", "prior_date_impossible")
    for field, form in FORMS.items():
        if text := getattr(application, field):
            try:
                form(text)
            except IdentifierError as error:
                yield Fault(field, error.code)
