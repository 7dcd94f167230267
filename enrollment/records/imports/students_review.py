"""What people must see of a file of new students that says otherwise than what is known: corrections take two people on a page."""

from collections.abc import Sequence

from enrollment.records.imports.students_known import Known
from enrollment.records.models.changes import ChangeKind
from enrollment.records.models.students import Student, StudentEntry
from enrollment.records.services.facts import as_text
from enrollment.records.services.page_refusals import correction_refusals, facts_without_second_person
from enrollment.requests.models.requests import CORRECT
from exchange.importing import Footprint, Row
from learning_centers.models import Institution
from people.models import IdentityDocument, PersonFacts

CORRECTED = {
    "name": "name", "sex": "sex", "birth_date": "birth_date", "ethnicity": "ethnicity",
    "nationality": "nationality",
    "political_status": "political_status", "candidate_no": "candidate_no", "prior_certificate_no": "prior_certificate_no",
    "entry_date": "entry_date", "major_code": "major", "level_path": "level_path", "study_form": "study_form",
    "length": "length",
}  # fmt: skip
"""Column → the fact that a page corrects by a request."""
FREE = frozenset({"phone", "branch_name", "class_name", "expected_graduation"})
"""What nobody has to decide; every other column takes two people."""
CENTER = "center_code"


def review_students(rows: Sequence[Row], known: Known) -> None:
    """`Row.before` is set for rows that change what is known; for others nothing is told."""
    changing = [row for row in rows if row.before]
    keys = [row.work.student.id for row in changing if row.work.student]
    students = Student.objects.select_related("institution").in_bulk(keys)
    institutions = Institution.objects.in_bulk({row.institution_id for row in changing})
    for row in changing:
        student = students[row.work.student.id] if row.work.student else None
        row.about = f"{known.facts[row.work.person_id]['name']} · {row['student_no']}"
        alone = facts_without_second_person(student, institutions[row.institution_id or 0])
        moves, changed = CENTER in row.before, row.before.keys() - FREE - {CENTER}
        corrections = {CORRECTED[name]: as_text(row[name]) for name in row.before if name in changed & CORRECTED.keys()}
        row.guarded = (bool(changed) and CORRECT not in alone) or (moves and ChangeKind.CHANGE_CENTER not in alone)
        row.page_refusals = [*correction_refusals(student, corrections)] if student and corrections else []
        row.page_refusals += ["consent_missing"] if moves else []


def undoing_students_is_guarded(footprint: Footprint, institution_id: int, *, is_own_slip: bool) -> bool:
    """Corrections that are taken back, and students who would be gone: on a page their registration is cancelled by two."""
    if any(footprint.replaced(model).exists() for model in (PersonFacts, IdentityDocument, StudentEntry)):
        alone = facts_without_second_person(None, Institution.objects.get(pk=institution_id))
        if CORRECT not in alone:
            return True
    return not is_own_slip and footprint.standing(Student).exists()
