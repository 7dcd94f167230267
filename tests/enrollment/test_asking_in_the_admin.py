"""The pages on which a change is asked for and decided: first what would follow, then the request, then the second person."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from common.dates import as_on
from common.ledger import knowledge_at
from enrollment.models import ChangeCase, ChangeRequest, Student, StudentChange
from enrollment.requests.services.cases import carry_out_case
from enrollment.services import ChangeDraft, record_change
from tests.builders import a_center, a_student, a_user, an_identity_number, an_institution, day, the_system

pytestmark = pytest.mark.django_db
RESUME = {"kind": "resume", "effective_date": "2026-03-01"}
READS = ("admin.enter", "enrollment.view_students", "enrollment.view_requests")
DECIDES = (
    "enrollment.approve_change",
    "enrollment.return_change",
    "enrollment.reject_change",
    "enrollment.approve_case",
)


@pytest.fixture
def student() -> Student:
    """Suspended since autumn 2025, so that a resumption (which needs no evidence) can be asked for."""
    return a_student(a_center(an_institution()), "1", changes=(("suspend", "2025-09-01"),))


@pytest.fixture
def asker(student, client):
    user = a_user("asker", *READS, *DECIDES, "enrollment.request_change", "enrollment.open_case", at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def decider(student):
    client = Client()
    user = a_user("decider", *READS, *DECIDES, at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client, *students: Student, **values: str):
    chosen = [str(one.public_id) for one in students]
    return client.post(reverse("admin:enrollment_student_many_ask"), RESUME | {"row": chosen} | values)


def confirmation(page) -> str:
    return re.search(r'name="confirmed" value="(\w+)"', page.content.decode())[1]


def ask(client, student) -> ChangeRequest:
    send(client, student, confirmed=confirmation(send(client, student)))
    return ChangeRequest.objects.get()


def page_of(request: ChangeRequest, act: str = "change") -> str:
    return reverse(f"admin:enrollment_changerequest_{act}", args=[request.public_id])


def test_the_preview_changes_nothing(asker, student):
    gone = a_student(student.current_center, "2", changes=(("withdraw", "2025-05-05"),))
    before = knowledge_at(an_institution()).number
    page = send(asker, student, gone).content.decode()
    assert "Possible for 1 of 2." in page
    assert "1 × The student had already left." in page
    assert (ChangeRequest.objects.count(), knowledge_at(an_institution()).number) == (0, before)


def test_what_was_shown_becomes_a_request_and_no_change(asker, student):
    request = ask(asker, student)
    assert (request.status, request.student_id) == ("submitted", student.pk)
    assert Student.objects.get().current_state == "suspended"


def test_the_same_for_several_is_one_case_that_another_approves(asker, decider, student):
    other = a_student(student.current_center, "2", changes=(("suspend", "2025-09-01"),))
    gone = a_student(student.current_center, "3", changes=(("withdraw", "2025-05-05"),))
    three, terms = (student, other, gone), {"reason": "the class goes on"}
    page = send(asker, *three, confirmed=confirmation(send(asker, *three, **terms)), **terms).content.decode()
    assert "Done: 2. Refused: 1." in page
    case = ChangeCase.objects.get()
    address = reverse("admin:enrollment_changecase_change", args=[case.public_id])
    assert address in page
    assert "You asked for this yourself" in asker.get(address).content.decode()
    approve = reverse("admin:enrollment_changecase_approve", args=[case.public_id])
    assert "A second person must decide" in asker.post(approve).content.decode()
    assert "being carried out" in decider.post(approve, follow=True).content.decode()
    carry_out_case(case.pk)
    assert "carried out" in decider.get(address).content.decode()
    assert list(Student.objects.order_by("student_no").values_list("current_state", flat=True)) == [
        "active", "active", "withdrawn",
    ]  # fmt: skip


def test_a_form_changed_after_the_preview_is_shown_again(asker, student):
    page = send(asker, student, confirmed=confirmation(send(asker, student)), effective_date="2026-04-01")
    assert "Nothing was done" in page.content.decode()
    assert not ChangeRequest.objects.exists()


def test_what_happened_to_a_student_since_the_preview_is_shown_first(asker, student):
    seen = confirmation(send(asker, student))
    record_change(student, ChangeDraft("withdraw", day("2026-01-01")), by=the_system())
    assert "Nothing was done" in send(asker, student, confirmed=seen).content.decode()


def test_a_change_that_needs_evidence_waits_as_a_draft_for_it(asker, student):
    terms = {"kind": "withdraw", "reason": "moves away"}
    page = send(asker, student, confirmed=confirmation(send(asker, student, **terms)), **terms)
    request = ChangeRequest.objects.get()
    assert request.status == "draft"
    assert page["Location"] == page_of(request)
    assert (
        "needs its evidence on file"
        in asker.post(page_of(request, "submit"), {"seen": request.version}).content.decode()
    )


def test_who_asked_sees_why_somebody_else_must_decide(asker, student):
    request = ask(asker, student)
    page = asker.get(page_of(request)).content.decode()
    assert "You asked for this yourself" in page
    assert page_of(request, "approve") not in page
    answer = asker.post(page_of(request, "approve"), {"seen": request.version}).content.decode()
    assert "A second person must decide" in answer


def test_the_second_person_sees_both_lives_and_approves(asker, decider, student):
    request = ask(asker, student)
    page = decider.get(page_of(request)).content.decode()
    assert "Periods afterwards: active" in page
    decider.post(page_of(request, "approve"), {"seen": request.version, "decision_no": "2026-7"})
    request.refresh_from_db()
    assert (request.status, request.document.decision_no) == ("approved", "2026-7")
    assert Student.objects.get().current_state == "active"


def test_what_was_sent_back_is_said_with_its_reason(asker, decider, student):
    request = ask(asker, student)
    decider.post(page_of(request, "return"), {"seen": request.version, "comment": "the date is wrong"})
    assert "the date is wrong" in asker.get(page_of(request)).content.decode()


def test_a_stale_decision_keeps_what_was_typed_and_shows_what_is_there_now(asker, decider, student):
    request = ask(asker, student)
    stale = {"seen": request.version - 1, "comment": "no such student"}
    page = decider.post(page_of(request, "reject"), stale).content.decode()
    assert "Somebody else has changed this meanwhile" in page
    assert "no such student" in page
    assert f'name="seen" value="{request.version}"' in page
    request.refresh_from_db()
    assert request.status == "submitted"


def test_a_document_is_taken_back_by_a_request(asker, decider, student):
    document = student.changes.get()
    address = reverse("admin:enrollment_studentchange_take_back", args=[document.public_id])
    asker.post(address, {"reason": "wrong student"})
    request = ChangeRequest.objects.get()
    decider.post(page_of(request, "approve"), {"seen": request.version})
    assert Student.objects.get().current_state == "active"


def test_more_students_than_can_be_changed_at_once_lead_back_to_the_narrowed_list(asker, student):
    chosen = [str(student.public_id)] * 301
    answer = asker.post(reverse("admin:enrollment_student_many_ask"), RESUME | {"row": chosen}, follow=True)
    assert answer.redirect_chain == [(reverse("admin:enrollment_student_changelist"), 302)]
    assert "At most 300 at once" in answer.content.decode()


def test_a_correction_is_asked_for_and_its_number_is_masked(asker, decider, student):
    number = an_identity_number("1990-01-01", "male")
    address = reverse("admin:enrollment_student_correct", args=[student.public_id])
    form = {"fact": "id_no", "new_value": number, "reason_code": "typing_error", "reason": "misread", "applicant": ""}
    answer = asker.post(address, form, follow=True)
    request = ChangeRequest.objects.get()
    assert answer.redirect_chain == [(page_of(request), 302)]
    page = decider.get(page_of(request)).content.decode()
    assert number not in page
    assert f"resident identity card {'*' * 16}{number[-2:]}" in page


def test_a_change_ahead_is_withdrawn_before_its_day_by_one_person(student, client):
    user = a_user("registrar", *READS, "enrollment.withdraw_future_change", at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with as_on(day("2026-02-01")):
        record_change(student, ChangeDraft("resume", day("2026-03-01")), by=the_system())
        document = StudentChange.objects.get(kind="resume")
        address = reverse("admin:enrollment_studentchange_withdraw_future", args=[document.public_id])
        assert client.get(address).status_code == 200
        client.post(address, {"reason": "stays away"})
    assert not StudentChange.objects.in_force().filter(kind="resume").exists()
