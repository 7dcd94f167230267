"""One institution into the database: all of it in one recording, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db import connection, transaction

from common.ledger import recording
from common.models import Recording
from demo.files import InstitutionFiles, read_institution
from demo.places import center_drafts
from demo.structure import found, found_units, open_programmes, state_claims
from demo.students import StudentBody
from enrollment.models import Student
from learning_centers.models import Institution, LearningCenter, Major
from learning_centers.services import open_centers

REASON = "demo.load_institution"


@dataclass(frozen=True)
class Loaded:
    institution: Institution
    fresh: bool
    centers: int
    students: int


def load_institution(
    name: str, *, by: Any, scale: float = 1.0, say: Callable[[str], None] = lambda _text: None
) -> Loaded:
    """Load what `demo/institutions/<name>` says; an institution that is there already is left as it is.

    `scale` shrinks the number of students, 0 loads none; structure and centres are always complete. Deterministic for a scale.
    Raises DomainError `institution_exists` where it came in another way, by an import say.
    """
    files = read_institution(name)
    known = Institution.objects.filter(code=files.code).first()
    if known is not None and Recording.objects.filter(institution=known, reason=REASON).exists():
        return _summary(known, fresh=False)
    started = monotonic()
    with transaction.atomic():
        institution = _load(files, by, scale, lambda text: say(f"{monotonic() - started:6.1f} s  {text}"))
    # What a caller may still take back is none of the planner's business: it would go on believing in it.
    transaction.on_commit(_let_the_planner_look)
    return _summary(institution, fresh=True)


def _let_the_planner_look() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ceportal_analyze()")


def _load(files: InstitutionFiles, by: Any, scale: float, say: Callable[[str], None]) -> Institution:
    institution = found(files, by=by)
    with recording(institution, by=by, reason=REASON) as entry:
        entry.note(REASON, institution, scale=scale)
        units = found_units(institution, files, by=by)
        state_claims(institution, files, units, by=by)
        school = units[files.centers["network"]["unit"]]
        say(f"{len(units)} units, {len(files.figures['figure'])} published figures")
        versions = open_programmes(school, files, entry=entry) if files.majors else []
        majors = list(Major.objects.filter(institution=institution).order_by("code"))
        drafts = center_drafts(files, units, majors)
        open_centers(institution, drafts, entry=entry)
        say(f"{len(majors)} majors, {len(drafts)} learning centres")
        if files.students and scale:
            StudentBody(institution, files, versions).enter(scale, entry=entry, say=say)
    return institution


def _summary(institution: Institution, *, fresh: bool) -> Loaded:
    return Loaded(
        institution,
        fresh,
        LearningCenter.objects.filter(institution=institution).count(),
        Student.objects.filter(institution=institution).count(),
    )
