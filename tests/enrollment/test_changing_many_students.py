"""The form for one change or for many: first what would follow, then a line per student."""

import re

import pytest
from django.urls import reverse

from common.ledger import knowledge_at
from enrollment.admin import changing
from enrollment.models import Student
from enrollment.services import ChangeDraft, record_change
from tests.builders import a_center, a_student, a_user, an_institution, day

pytestmark = pytest.mark.django_db
SUSPEND = {"kind": "suspend", "effective_date": "2026-03-01"}


@pytest.fixture
def students() -> dict[str, Student]:
    center = a_center(an_institution())
    a_student(center, "1")
    a_student(center, "2", changes=(("withdraw", "2025-05-05"),))
    return {student.student_no: student for student in Student.objects.all()}


@pytest.fixture
def send(students, client):
    clerk = a_user("clerk", "admin.enter", "enrollment.view_students", "enrollment.record_change", at=an_institution())
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")

    def post(**values: str) -> str:
        chosen = [str(student.public_id) for student in students.values()]
        address = reverse("admin:enrollment_student_record_change")
        return client.post(address, SUSPEND | {"student": chosen} | values).content.decode()

    return post


def confirmation(page: str) -> str:
    return re.search(r'name="confirmed" value="(\w+)"', page)[1]


def states() -> list[str]:
    return list(Student.objects.order_by("student_no").values_list("current_state", flat=True))


def test_the_preview_changes_nothing(send):
    before = knowledge_at(an_institution()).number
    page = send()
    assert "possible for 1 student" in page
    assert "The student had already left." in page
    assert (states(), knowledge_at(an_institution()).number) == (["active", "withdrawn"], before)


def test_what_was_shown_is_carried_out_and_reported_by_student(send):
    page = send(confirmed=confirmation(send()))
    assert "Recorded: 1. Refused: 1." in page
    assert states() == ["suspended", "withdrawn"]


def test_a_form_changed_after_the_preview_is_shown_again(send):
    page = send(confirmed=confirmation(send()), effective_date="2026-04-01")
    assert "possible for 1 student" in page
    assert states() == ["active", "withdrawn"]


def test_what_happened_to_a_student_since_the_preview_is_shown_first(send, students):
    seen = confirmation(send())
    another = a_user("another", "enrollment.record_change", at=an_institution())
    record_change(students["1"], ChangeDraft("withdraw", day("2025-06-01")), by=another)
    page = send(confirmed=seen)
    assert "Nothing was recorded" in page
    assert "Recorded:" not in page


def test_other_students_than_in_the_preview_are_shown_first(send, students):
    seen = confirmation(send(student=str(students["1"].public_id)))
    assert "Nothing was recorded" in send(confirmed=seen)
    assert states() == ["active", "withdrawn"]


def test_more_students_than_can_be_changed_at_once_lead_back_to_the_narrowed_list(send, client, monkeypatch):
    monkeypatch.setattr(changing, "MOST_AT_ONCE", 1)
    address = reverse("admin:enrollment_student_changelist") + "?state="
    form = {"action": "record_change", "index": "0", "select_across": "1"}
    keys = list(Student.objects.values_list("pk", flat=True))
    answer = client.post(address, form | {"_selected_action": keys}, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "At most 1 students at once" in answer.content.decode()
