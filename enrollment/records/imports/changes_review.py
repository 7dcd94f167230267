"""What people must see of a file of changes: every row takes two people, as its change does on a page."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from enrollment.records.models.changes import StudentChange
from enrollment.records.models.students import Student
from enrollment.records.services.entering import ChangeDraft
from enrollment.records.services.grounds import Grounds
from enrollment.records.services.page_refusals import PageOfChanges, facts_without_second_person
from enrollment.requests.models.requests import REVERSE
from exchange.importing import Footprint, Row
from exchange.importing.rows import UNCHANGED
from learning_centers.models import Institution


def review_changes(rows: Sequence[Row], names: Mapping[int, str], draft_of: Callable[[Row], ChangeDraft]) -> None:
    """`names` of the students by key. Rows stand in the order of their days."""
    by_institution: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.outcome != UNCHANGED:
            by_institution[row.institution_id or 0].append(row)
    for institution, some in by_institution.items():
        students = Student.objects.select_related("institution").in_bulk({row.work[0] for row in some})
        page = PageOfChanges(Grounds(Institution.objects.get(pk=institution), students))
        for row in some:
            student, _change, stored = row.work
            row.about = f"{names[student]} · {row['student_no']}"
            row.before = {name: getattr(stored, name) for name in row.changes} if stored else {}
            row.guarded = page.takes_two(student, row["change_type"])
            row.page_refusals = list(page.refusals(students[student], draft_of(row)))


def undoing_changes_is_guarded(footprint: Footprint, institution_id: int) -> bool:
    """Taking documents back takes two people on a page."""
    if REVERSE in facts_without_second_person(None, Institution.objects.get(pk=institution_id)):
        return False
    return footprint.standing(StudentChange).exists() or footprint.replaced(StudentChange).exists()
