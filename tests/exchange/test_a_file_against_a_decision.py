"""A file of changes meets what people have decided here: it says the same, or it is refused; nothing decided is written over."""

import pytest

from enrollment.models import StudentChange
from enrollment.services import reverse_change
from exchange.importing import result_of
from tests.builders import a_center, a_student, an_institution, the_system
from tests.enrollment.asking import decided
from tests.exchange.importing import imported

pytestmark = pytest.mark.django_db
HEAD = "student_no,change_type,effective_date,decision_no,decision_date,reason"


@pytest.fixture
def student():
    return a_student(a_center(an_institution()))


def outcome(student, rest: str) -> list[str]:
    """What becomes of one row: created, updated, unchanged, or the codes that it is refused with."""
    result = result_of(imported("status_changes", "c.csv", f"{HEAD}\n{student.student_no},{rest}\n".encode()))
    refused = [issue["code"] for issue in result["rows"]]
    return refused or [name for name in ("created", "updated", "unchanged") if result[name]]


def test_the_same_again_changes_nothing(student):
    decided(student, "suspend", "2025-03-01")
    assert outcome(student, "suspend,2025-03-01,继字1号,2025-01-01,") == ["unchanged"]


@pytest.mark.parametrize("rest", ["继字901号,,", ",2025-02-02,"])
def test_what_two_people_have_decided_is_not_written_over(student, rest):
    decided(student, "suspend", "2025-03-01")
    assert outcome(student, f"suspend,2025-03-01,{rest}") == ["change_not_possible"]
    document = StudentChange.objects.in_force().get()
    assert (document.decision_no, document.origin, document.approved_by_id is not None) == ("继字1号", "staff", True)


def test_what_a_document_has_taken_back_does_not_come_again_by_the_file(student):
    row = "withdraw,2025-03-01,校1号,2025-02-01,"
    assert outcome(student, row) == ["created"]
    reverse_change(StudentChange.objects.in_force().get(), decision_no="校2号", reason="in error", by=the_system())
    assert outcome(student, row) == ["unchanged"]
    assert outcome(student, "withdraw,2025-03-01,校3号,2025-02-01,") == ["change_not_possible"]
    assert not StudentChange.objects.in_force().exists()


def test_what_a_file_brought_a_corrected_file_still_corrects(student):
    assert outcome(student, "withdraw,2025-03-01,校1号,,") == ["created"]
    assert outcome(student, "withdraw,2025-03-01,校2号,,") == ["updated"]
