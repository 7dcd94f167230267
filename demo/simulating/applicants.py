"""People who apply, and what they say."""

from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from common.batches import first_day
from demo.people import People
from demo.simulating.scene import Scene
from enrollment.admission.services.applying import ApplicationDraft
from enrollment.models import Application
from learning_centers.models import LearningCenter, ProgrammeVersion
from people.services import PersonDraft

SAID_BY_A_PERSON = (
    "name", "latin_name", "sex", "birth_date", "nationality", "ethnicity", "political_status", "id_type", "id_no", "phone",
)  # fmt: skip
A_PHONE = "+8614012345678"


def applicant(scene: Scene, code: str, center: LearningCenter, version: ProgrammeVersion) -> ApplicationDraft:
    """Somebody invented who applies there."""
    return complete_draft(scene.people, code, center.province_code, version.programme.level_path)


def complete_draft(
    people: People, code: str, province: str, level_path: str, *, foreign: bool = False
) -> ApplicationDraft:
    """Somebody invented who says all that is asked, for the batch of this code."""
    person = people.person(province, first_day(code), level_path, foreign=foreign)
    draft = ApplicationDraft(**said_by(person))
    number = f"{(first_day(code).year - 1) % 100:02}{province[:2]}{people.series}{people.made:08}"
    draft = replace(draft, phone=draft.phone or A_PHONE, candidate_no=number)
    draft = replace(draft, exam_score=Decimal(people.rng.randint(240, 960)) / 2)
    return _with_prior_diploma(people, code, draft) if level_path == "jc_to_ba" else draft


def said_by(person: PersonDraft) -> dict[str, Any]:
    return {name: getattr(person, name) for name in SAID_BY_A_PERSON}


def _with_prior_diploma(people: People, code: str, draft: ApplicationDraft) -> ApplicationDraft:
    """Of a school 99999 that does not exist."""
    year = first_day(code).year - people.rng.randint(1, 8)
    return replace(
        draft,
        prior_school="模拟职业技术学院",
        prior_certificate_no=f"999995{year}06{people.made:06}",
        prior_graduated_on=first_day(code).replace(year=year, month=7, day=1),
    )


def as_said(application: Application) -> ApplicationDraft:
    """What a stored application says, to write it anew with an amendment."""
    return ApplicationDraft(**{name: getattr(application, name) for name in asdict(ApplicationDraft())})
