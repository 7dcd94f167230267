"""What a request remembers of its way: its decision number, each centre's word as a step, the very document that it takes back."""

import pytest

from common.errors import NotAllowed
from enrollment.models import ChangeRequest, RequestStep, StudentChange
from enrollment.services import (
    RequestDraft,
    approve_request,
    edit_request,
    give_consent,
    request_change,
    request_correction,
)
from tests.builders import a_center, a_student, a_user, an_institution, day
from tests.enrollment.asking import a_coordinator, a_registrar, asked, decided, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def student(center):
    return a_student(center)


def test_a_decision_number_given_when_asking_stays_where_none_is_given_when_deciding(student):
    request = asked(
        student, "expel", "2025-03-01", by=a_registrar(), decision_no="开字7号", decision_date=day("2025-02-20")
    )
    approve_request(request, by=a_registrar("second"))
    document = StudentChange.objects.in_force().get()
    assert (document.decision_no, document.decision_date) == ("开字7号", day("2025-02-20"))


def test_the_number_given_when_deciding_goes_before_that_of_the_request(student):
    request = asked(
        student, "expel", "2025-03-01", by=a_registrar(), decision_no="开字7号", decision_date=day("2025-02-20")
    )
    approve_request(request, decision_no="开字8号", by=a_registrar("second"))
    assert StudentChange.objects.in_force().get().decision_no == "开字8号"


def test_the_word_of_a_centre_is_a_step_with_its_comment(student, center):
    other = a_center(an_institution(), "0102")
    request = asked(student, "change_center", "2025-03-01", by=a_coordinator(center), new_center_id=other.pk)
    party = request.parties.get(consent="waiting")
    give_consent(party, agrees=True, comment="welcome here", by=a_coordinator(party.center))
    step = RequestStep.objects.filter(request=request).latest("pk")
    assert (step.verb, step.comment, step.actor) == (
        "enrollment.consent_change", "welcome here", a_coordinator(party.center),
    )  # fmt: skip


def test_a_correction_is_handed_in_at_once_unless_it_is_only_saved(student):
    registrar = a_registrar()
    with refused("evidence_needed"):
        request_correction(student, "name", "王小明", reason="misread", by=registrar)
    kept = request_correction(student, "name", "王小明", reason="misread", save_only=True, by=registrar)
    assert kept.status == "draft"


def test_a_colleague_of_another_centre_edits_no_request(student, center):
    request = request_change(
        student, RequestDraft("suspend", day("2025-03-01"), reason="own wish"), save_only=True, by=a_coordinator(center)
    )
    for outsider in (a_coordinator(a_center(an_institution(), "0102")), a_user("onlooker", "portal.enter", at=center)):
        with pytest.raises(NotAllowed):
            edit_request(request, RequestDraft("suspend", day("2025-09-01"), reason="x"), seen=None, by=outsider)


@pytest.mark.parametrize("kind", ["suspend", "withdraw"])
def test_a_reason_that_is_on_no_list_is_refused(student, kind):
    with refused("reason_unknown"):
        asked(student, kind, "2025-03-01", by=a_registrar(), reason_code="because")


def test_without_its_day_a_change_is_not_even_a_draft(student):
    with refused("required"):
        request_change(student, RequestDraft("suspend", None, reason="own wish"), save_only=True, by=a_registrar())
    assert not ChangeRequest.objects.exists()


def test_of_two_documents_the_one_of_the_day_is_taken_back(student):
    first = decided(student, "suspend", "2025-03-01").document
    last = decided(student, "resume", "2025-09-01").document
    request = asked(student, "reverse", "2025-09-01", by=a_registrar(), reverses=last, reason="by mistake")
    approve_request(request, decision_no="继字2号", decision_date=day("2025-10-01"), by=a_registrar("second"))
    kept = [(one.kind, one.effective_date) for one in StudentChange.objects.in_force().filter(student=student)]
    assert kept == [(first.kind, first.effective_date)]
