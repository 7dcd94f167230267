import pytest
from django.urls import reverse

from common.errors import DomainError, NotAllowed
from common.models import AuditEvent
from enrollment.models import StudentChange
from enrollment.records.services.revealing import reveal_number_in, reveal_reason
from tests.builders import (
    a_center,
    a_request,
    a_student,
    a_user,
    a_written_application,
    an_identity_number,
    an_institution,
)

pytestmark = pytest.mark.django_db
WHY = "the province asks"


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def registrar(center):
    rights = ("admin.enter", "enrollment.view_applications", "enrollment.view_requests", "enrollment.view_students")
    return a_user("registrar", *rights, "people.reveal_number", "enrollment.reveal_reason", at=center.institution)


def a_change(center) -> StudentChange:
    student = a_student(center, changes=(("suspend", "2025-03-01", {"reason": "肺结核"}),))
    return StudentChange.objects.get(student=student)


def test_an_applicants_number_is_shown_for_a_reason(center, registrar):
    number = an_identity_number()
    application = a_written_application(center, id_no=number)
    assert reveal_number_in(application, "id_no", reason=WHY, by=registrar) == number
    event = AuditEvent.objects.get(verb="people.reveal_number")
    assert (event.actor, event.subject_id, event.reason) == (registrar, application.public_id, WHY)
    assert event.detail == {"what": "id_no"}


def test_the_reason_of_a_change_is_shown_for_a_reason(center, registrar):
    change = a_change(center)
    assert reveal_reason(change, reason=WHY, by=registrar) == "肺结核"
    event = AuditEvent.objects.get(verb="enrollment.reveal_reason")
    assert (event.actor, event.subject_id, event.reason) == (registrar, change.public_id, WHY)


def test_without_a_reason_nothing_is_shown_and_nothing_else_can_be_asked_for(center, registrar):
    application, change = a_written_application(center, id_no="1"), a_change(center)
    for act in (
        lambda: reveal_number_in(application, "id_no", reason=" x ", by=registrar),
        lambda: reveal_reason(change, reason="", by=registrar),
    ):
        with pytest.raises(DomainError) as refusal:
            act()
        assert refusal.value.code == "required"
    with pytest.raises(KeyError):
        reveal_number_in(application, "id_digest", reason=WHY, by=registrar)
    assert not AuditEvent.objects.filter(verb__contains="reveal").exists()


def test_neither_without_the_right_nor_elsewhere(center):
    application, change = a_written_application(center, id_no="1"), a_change(center)
    reader = a_user("reader", "enrollment.view_students", "people.reveal_number", at=center)
    outsider = a_user(
        "outsider", "enrollment.reveal_reason", "people.reveal_number", at=a_center(center.institution, "02")
    )
    for user, act in (
        (reader, lambda by: reveal_reason(change, reason=WHY, by=by)),
        (outsider, lambda by: reveal_reason(change, reason=WHY, by=by)),
        (outsider, lambda by: reveal_number_in(application, "id_no", reason=WHY, by=by)),
    ):
        with pytest.raises(NotAllowed):
            act(user)


def test_the_page_shows_it_once_and_only_after_the_reason(center, registrar, client):
    number = an_identity_number()
    application = a_written_application(center, id_no=number, phone="13800138000")
    client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
    record = reverse("admin:enrollment_application_change", args=[application.public_id])
    url = reverse("admin:enrollment_application_reveal", args=[application.public_id])
    assert url in client.get(record).content.decode()
    assert number not in client.get(record).content.decode() + client.get(url).content.decode()
    assert number not in client.post(url, {"what": "id_no", "reason": ""}).content.decode()
    answer = client.post(url, {"what": "id_no", "reason": WHY})
    assert number in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_a_decided_request_keeps_its_explanation_sealed(center, registrar, client):
    client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
    shown = {}
    for status in ("submitted", "rejected"):
        request = a_request(a_student(center), status=status, reason="肺结核")
        page = client.get(reverse("admin:enrollment_changerequest_change", args=[request.public_id]))
        shown[status] = "肺结核" in page.content.decode()
    assert shown == {"submitted": True, "rejected": False}


def test_both_numbers_of_a_correction_are_masked(center, registrar, client):
    old, new = an_identity_number(), an_identity_number()
    request = a_request(
        a_student(center), kind="correct", status="submitted", fact="id_no", old_value=old, new_value=new, on=None
    )
    client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("admin:enrollment_changerequest_change", args=[request.public_id])).content.decode()
    assert old not in page
    assert new not in page
    assert reveal_number_in(request, "new_value", reason=WHY, by=registrar) == new
