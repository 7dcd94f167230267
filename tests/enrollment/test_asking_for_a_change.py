import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import NotAllowed
from enrollment.attachments.services.attachments import remove_attachment
from enrollment.models import Attachment, ChangeRequest, RequestStep, StudentChange, StudentPeriod
from enrollment.services import (
    RequestDraft,
    approve_request,
    edit_request,
    give_consent,
    reject_request,
    request_change,
    return_request,
    submit_request,
    waive_consent,
    withdraw_request,
)
from learning_centers.services.rules import Setting, set_rule
from people.models import Notice
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system
from tests.enrollment.asking import a_coordinator, a_registrar, asked, decided, evidence_for, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def other():
    return a_center(an_institution(), "0102")


@pytest.fixture
def student(center):
    return a_student(center)


def test_a_coordinator_asks_and_a_registrar_decides(student, center):
    request = asked(student, "suspend", "2025-03-01", by=a_coordinator(center))
    assert not StudentChange.objects.exists()
    approved = approve_request(request, by=a_registrar())
    document = StudentChange.objects.in_force().get()
    assert (approved.status, approved.document, document.approved_by) == ("approved", document, a_registrar())
    assert StudentPeriod.objects.current().filter(student=student, state="suspended").exists()
    steps = RequestStep.objects.filter(request=request).values_list("verb", "status")
    assert list(steps) == [
        ("enrollment.request_change", "draft"),
        ("enrollment.submit_request", "submitted"),
        ("enrollment.approve_change", "approved"),
    ]


def test_who_asked_may_not_decide(student):
    registrar = a_registrar()
    request = asked(student, "suspend", "2025-03-01", by=registrar)
    with refused("second_person"):
        approve_request(request, by=registrar)
    with refused("second_person"):
        reject_request(request, comment="no", by=registrar)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(pk=request.pk).update(decided_by=registrar)
    assert not StudentChange.objects.exists()


def test_who_rewrote_a_returned_request_is_no_second_person_for_it(student, center):
    registrar = a_registrar()
    request = asked(student, "suspend", "2025-03-01", by=a_coordinator(center))
    return_request(request, comment="another day", by=registrar)
    request.refresh_from_db()
    mended = RequestDraft("suspend", day("2025-09-01"), reason="illness")
    request = edit_request(request, mended, seen=request.version, by=registrar)
    Notice.objects.all().delete()
    submit_request(request, by=a_coordinator(center))
    assert not Notice.objects.filter(user=registrar).exists(), "who may not decide is not told that it waits"
    with refused("second_person"):
        approve_request(request, by=registrar)
    assert approve_request(request, by=a_registrar("second")).status == "approved"


def test_staff_may_rule_that_a_kind_needs_no_second_person(student):
    registrar = a_registrar()
    rule = Setting("change_without_second_person", ["repeat_year"], "decision 4")
    set_rule(student.institution, rule, by=the_system())
    approved = approve_request(asked(student, "repeat_year", "2025-03-01", by=registrar), by=registrar)
    assert (approved.status, approved.decided_by, approved.steps.last().actor) == ("approved", None, registrar)
    with refused("second_person"):
        approve_request(asked(student, "suspend", "2025-03-02", by=registrar), by=registrar)


def test_a_request_needs_its_evidence(student, center):
    draft = RequestDraft("suspend", day("2025-03-01"), reason="illness")
    with refused("evidence_needed"):
        request_change(student, draft, by=a_coordinator(center))
    assert not ChangeRequest.objects.exists()
    request_change(student, RequestDraft("repeat_year", day("2025-03-01")), by=a_coordinator(center))


def test_evidence_that_was_removed_is_none(student, center):
    coordinator = a_coordinator(center)
    draft = RequestDraft("suspend", day("2025-03-01"), reason="illness")
    request = request_change(student, draft, save_only=True, by=coordinator)
    evidence_for(request)
    remove_attachment(Attachment.objects.get(request=request), by=coordinator)
    with refused("evidence_needed"):
        submit_request(request, by=coordinator)
    evidence_for(request)
    submitted = submit_request(request, by=coordinator)
    Attachment.objects.filter(request=request).update(removed_at=timezone.now())
    with refused("evidence_needed"):
        approve_request(submitted, by=a_registrar())


def test_an_impossible_change_cannot_be_asked_for(student, center):
    with refused("change_not_possible"):
        asked(student, "resume", "2025-03-01", by=a_coordinator(center))
    with refused("change_before_entry"):
        asked(student, "suspend", "2024-01-01", by=a_coordinator(center))


def test_expulsion_is_approved_with_number_and_date_only(student, center):
    request = asked(student, "expel", "2025-03-01", by=a_registrar())
    with refused("decision_needed"):
        approve_request(request, by=a_registrar("second"))
    with refused("decision_needed"):
        approve_request(request, decision_no="1", by=a_registrar("second"))
    approve_request(request, decision_no="1", decision_date=day("2025-02-20"), by=a_registrar("second"))


def test_a_transfer_needs_the_word_of_both_centres(student, center, other):
    request = asked(student, "change_center", "2025-03-01", by=a_coordinator(center), new_center_id=other.pk)
    assert dict(request.parties.values_list("side", "consent")) == {"source": "given", "target": "waiting"}
    with refused("consent_missing"):
        approve_request(request, by=a_registrar())
    target = request.parties.get(side="target")
    with pytest.raises(NotAllowed):
        give_consent(target, agrees=True, by=a_coordinator(center))
    give_consent(target, agrees=True, by=a_coordinator(other))
    approve_request(request, by=a_registrar())
    student.refresh_from_db()
    assert student.current_center == other


def test_a_side_that_does_not_agree_stops_the_transfer(student, center, other):
    request = asked(student, "change_center", "2025-03-01", by=a_registrar(), new_center_id=other.pk)
    source = request.parties.get(side="source")
    with refused("required"):
        give_consent(source, agrees=False, by=a_coordinator(center))
    give_consent(source, agrees=False, comment="fees are open", by=a_coordinator(center))
    waive_consent(request.parties.get(side="target"), reason="full house", by=a_registrar())
    with refused("consent_refused"):
        approve_request(request, by=a_registrar("second"))
    with refused("consent_not_asked"):
        waive_consent(source, reason="never seen here", by=a_registrar())
    reject_request(request, comment="as the centre says", by=a_registrar("second"))


def test_a_side_that_never_saw_the_student_is_waived_by_the_registrar_alone(student, center, other):
    request = asked(student, "change_center", "2025-03-01", by=a_coordinator(center), new_center_id=other.pk)
    target = request.parties.get(side="target")
    with pytest.raises(NotAllowed):
        waive_consent(target, reason="never seen here", by=a_coordinator(other))
    with refused("required"):
        waive_consent(target, reason=" ", by=a_registrar())
    waive_consent(target, reason="never seen here", by=a_registrar())
    approve_request(request, by=a_registrar())


def test_a_centre_that_the_student_reaches_meanwhile_is_asked(student, center, other):
    third = a_center(an_institution(), "0103")
    first = asked(student, "change_center", "2026-03-01", by=a_coordinator(center), new_center_id=other.pk)
    second = asked(student, "change_center", "2026-05-01", by=a_coordinator(center), new_center_id=third.pk)
    for request, target in ((first, other), (second, third)):
        give_consent(request.parties.get(side="target"), agrees=True, by=a_coordinator(target))
    approve_request(first, by=a_registrar())
    with refused("other_center_now"):
        approve_request(second, by=a_registrar())
    again = submit_request(return_request(second, comment="ask there", by=a_registrar()), by=a_registrar("second"))
    assert again.parties.get(side="source").center == other
    with refused("consent_missing"):
        approve_request(again, by=a_registrar())


def test_a_returned_request_is_mended_and_comes_again(student, center, other):
    coordinator = a_coordinator(center)
    request = asked(student, "change_center", "2025-03-01", by=coordinator, new_center_id=other.pk)
    give_consent(request.parties.get(side="target"), agrees=True, by=a_coordinator(other))
    with refused("not_editable"):
        edit_request(request, RequestDraft("suspend", day("2025-03-01")), seen=None, by=coordinator)
    return_request(request, comment="wrong day", by=a_registrar())
    mended = RequestDraft("change_center", day("2025-09-01"), new_center_id=other.pk)
    request = edit_request(request, mended, seen=None, by=coordinator)
    request = submit_request(request, by=coordinator)
    assert request.parties.get(side="target").consent == "waiting"


@pytest.mark.parametrize("end", [return_request, withdraw_request])
def test_nobody_agrees_to_what_is_not_asked_for_any_more(student, center, other, end):
    request = asked(student, "change_center", "2025-03-01", by=a_coordinator(center), new_center_id=other.pk)
    target = request.parties.get(side="target")
    end(request, comment="another day", by=a_registrar())
    with refused("consent_not_asked"):
        give_consent(target, agrees=True, by=the_system())
    with refused("consent_not_asked"):
        waive_consent(target, reason="never seen here", by=a_registrar())
    target.refresh_from_db()
    assert target.consent == "waiting"


def test_whoever_has_seen_an_older_state_is_told(student, center):
    request = asked(student, "suspend", "2025-03-01", by=a_coordinator(center))
    seen = request.version
    return_request(request, comment="wrong day", seen=seen, by=a_registrar())
    for act in (
        lambda: edit_request(request, RequestDraft("suspend", day("2025-04-01")), seen=seen, by=a_coordinator(center)),
        lambda: submit_request(request, seen=seen, by=a_coordinator(center)),
        lambda: withdraw_request(request, seen=seen, by=a_coordinator(center)),
        lambda: approve_request(request, seen=seen, by=a_registrar()),
    ):
        with refused("stale"):
            act()


def test_a_centre_agrees_to_what_it_has_seen(student, center, other):
    coordinator = a_coordinator(center)
    request = asked(student, "change_center", "2025-03-01", by=a_registrar(), new_center_id=other.pk)
    seen = request.version
    give_consent(request.parties.get(side="source"), agrees=True, seen=seen, by=coordinator)
    give_consent(request.parties.get(side="target"), agrees=True, seen=seen, by=a_coordinator(other))
    return_request(request, comment="wrong day", by=a_registrar("second"))
    later = RequestDraft("change_center", day("2025-09-01"), new_center_id=other.pk)
    submit_request(edit_request(request, later, seen=None, by=a_registrar()), by=a_registrar())
    with refused("stale"):
        give_consent(request.parties.get(side="source"), agrees=True, seen=seen, by=coordinator)


def test_the_same_is_asked_for_once(student, center):
    request = asked(student, "suspend", "2025-03-01", by=a_coordinator(center))
    with refused("already_asked"):
        asked(student, "suspend", "2025-03-01", by=a_coordinator(center))
    withdraw_request(request, by=a_coordinator(center))
    asked(student, "suspend", "2025-03-01", by=a_coordinator(center))


def test_whoever_asked_hears_that_another_gave_the_request_up(student, center):
    coordinator = a_coordinator(center)
    request = asked(student, "suspend", "2025-03-01", by=coordinator)
    withdraw_request(request, by=a_registrar())
    assert "request_withdrawn" in Notice.objects.filter(user=coordinator).values_list("kind", flat=True)


def test_a_document_is_taken_back_by_another_that_a_second_person_approves(student):
    decided(student, "suspend", "2025-03-01")
    document = StudentChange.objects.in_force().get()
    taking_back = decided(student, "reverse", reverses=document, reason="clerical error")
    assert not StudentChange.objects.in_force().exists()
    assert taking_back.document.reverses.kind == "suspend"
    student.refresh_from_db()
    assert student.current_state == "active"


def test_a_document_that_later_ones_need_stays(student):
    decided(student, "suspend", "2025-03-01")
    document = StudentChange.objects.in_force().get()
    decided(student, "resume", "2025-09-01")
    with refused("change_not_possible"):
        asked(student, "reverse", reverses=document, by=a_registrar())


def test_an_outsider_neither_asks_nor_sees_nor_decides(student, center, other):
    outsider = a_user("outsider", "enrollment.request_change", "enrollment.approve_change", at=other)
    with pytest.raises(NotAllowed):
        request_change(student, RequestDraft("repeat_year", day("2025-03-01")), by=outsider)
    request = asked(student, "suspend", "2025-03-01", by=a_coordinator(center))
    assert not ChangeRequest.objects.visible_to(outsider).exists()
    with pytest.raises(NotAllowed):
        approve_request(request, by=outsider)
    with pytest.raises(NotAllowed):
        approve_request(request, by=a_coordinator(center))


def test_a_centre_that_the_student_has_left_sees_no_request_any_more(student, center, other):
    asked(student, "correct", by=a_coordinator(center), fact="ethnicity", new_value="苗族")
    decided(student, "suspend", "2025-03-01")
    decided(student, "resume", "2025-09-01")
    assert ChangeRequest.objects.visible_to(a_coordinator(center)).count() == 3
    moved = decided(student, "change_center", "2026-03-01", new_center_id=other.pk)
    for model in (ChangeRequest, RequestStep, Attachment):
        assert not model.objects.visible_to(a_coordinator(center)).exists(), (
            "what it has asked for is the registrar's now"
        )
    assert list(ChangeRequest.objects.visible_to(a_coordinator(other))) == [moved]


def test_a_transfer_that_came_to_nothing_leaves_the_other_centre(student, center, other):
    request = asked(student, "change_center", "2026-03-01", by=a_coordinator(center), new_center_id=other.pk)
    assert list(ChangeRequest.objects.visible_to(a_coordinator(other))) == [request]
    withdraw_request(request, by=a_coordinator(center))
    assert not ChangeRequest.objects.visible_to(a_coordinator(other)).exists()
    assert list(ChangeRequest.objects.visible_to(a_coordinator(center))) == [request]
