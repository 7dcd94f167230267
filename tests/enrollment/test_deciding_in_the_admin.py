"""The registrar's pages for applications: what stands in the way, decisions with a preview, notices, registration."""

import re

import pytest
from django.urls import reverse

from common.dates import as_on
from common.errors import NotAllowed
from common.models import AuditEvent
from enrollment.admission.admin import deciding_many
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.admission.services.deciding import check_many
from enrollment.attachments.services.attachments import attach
from enrollment.models import AdmissionPlace, Application, ApplicationCheck, Attachment, Student
from enrollment.services import check_items, edit_application, return_application
from tests.applicants import a_draft, a_place, an_application, checked
from tests.builders import a_center, a_user, an_institution, day, the_system
from tests.enrollment.papers import a_picture

pytestmark = pytest.mark.django_db
FIRST = day("2026-03-01")
FOR_THE_POST = "letters to those admitted in March"
VERBS = [
    "accept_application", "return_application", "reject_application", "check_application", "verify_prior",
    "issue_notices", "check_in", "register_student", "keep_place", "enter_application", "view_applications",
    "open_attachment", "view_students",
]  # fmt: skip


@pytest.fixture
def center():
    center = a_center(an_institution())
    a_place(center, 2)
    return center


@pytest.fixture
def registrar(center, client):
    verbs = ["admin.enter", "people.view_persons", "people.ask_for_export", *(f"enrollment.{verb}" for verb in VERBS)]
    user = a_user("registrar", *verbs, at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with as_on(FIRST):
        yield client


def page_of(application: Application, act: str = "change") -> str:
    return reverse(f"admin:enrollment_application_{act}", args=[application.public_id])


def together(client, act: str, applications, **values: str) -> str:
    keys = " ".join(str(one.public_id) for one in applications)
    address = reverse(f"admin:enrollment_application_many_{act}")
    return client.post(address, {"rows": keys} | values).content.decode()


def confirmed(client, act: str, applications, **values: str) -> str:
    mark = re.search(r'name="confirmed" value="(\w+)"', together(client, act, applications, **values))[1]
    return together(client, act, applications, confirmed=mark, **values)


def test_the_record_says_what_stands_in_the_way(registrar, center):
    application = an_application(center)
    page = registrar.get(page_of(application)).content.decode()
    assert "It cannot be accepted yet: The junior-college diploma has not been verified yet." in page
    assert "Identity document seen" in page
    assert application.id_no not in page


def test_the_record_says_that_somebody_is_strangely_young(registrar, center):
    said = a_draft(id_no="430302202001011233", birth_date=day("2020-01-01"), sex="male")
    child = an_application(center, draft=said)
    assert "Younger than 15" in registrar.get(page_of(child)).content.decode()
    assert "Younger than 15" not in registrar.get(page_of(an_application(center))).content.decode()


def test_the_checklist_is_filled_in_and_the_diploma_verified(registrar, center):
    application = an_application(center)
    found = {f"item_{item}": "good" for item in ("identity", "photo", "exam", "prior_diploma")}
    registrar.post(page_of(application, "check"), found | {"seen": application.version})
    application.refresh_from_db()
    verified = {"state": "verified", "method": "registry", "seen": application.version}
    registrar.post(page_of(application, "verify_prior"), verified)
    assert "It can be accepted; free places at the centre: 2." in registrar.get(page_of(application)).content.decode()
    application.refresh_from_db()
    registrar.post(page_of(application, "accept"), {"seen": application.version})
    application.refresh_from_db()
    assert application.status == Status.ACCEPTED


def test_a_preview_says_how_many_can_and_why_others_cannot(registrar, center):
    ready = [checked(an_application(center)) for _number in range(3)]
    page = together(registrar, "accept", [*ready, an_application(center)])
    assert "Possible for 2 of 4." in page
    assert "1 × No free place is left in the admission plan." in page
    assert "1 × The junior-college diploma has not been verified yet." in page
    assert AdmissionPlace.objects.current().get().taken == 0
    page = confirmed(registrar, "accept", ready)
    assert "Done: 2. Refused: 1." in page
    assert AdmissionPlace.objects.current().get().taken == 2


def test_many_are_sent_back_with_a_reason(registrar, center):
    two = [an_application(center), an_application(center)]
    assert "This field is required" in together(registrar, "return", two)
    confirmed(registrar, "return", two, reason_code="document_missing", comment="the photo")
    assert {one.status for one in Application.objects.all()} == {Status.RETURNED}
    assert "A document is missing" in registrar.get(page_of(two[0])).content.decode()


def test_what_the_centre_has_changed_meanwhile_is_not_decided_unseen(registrar, center):
    application = an_application(center)
    seen = application.version
    returned = return_application(application, reason_code="data_wrong", by=the_system())
    edit_application(returned, a_draft(name="李丽"), by=the_system())
    answer = registrar.post(page_of(application, "reject"), {"seen": seen, "reason_code": "fraud", "comment": "typed"})
    page = answer.content.decode()
    assert "Somebody else has changed this meanwhile" in page
    assert "typed" in page
    application.refresh_from_db()
    assert application.status == Status.RETURNED


def test_notices_are_numbered_together_and_printed(registrar, center):
    two = [an_application(center, Status.ACCEPTED), an_application(center, Status.ACCEPTED)]
    page = confirmed(registrar, "notices", two, on="2026-03-01")
    assert "20261-00001" in page
    assert "20261-00002" in page
    address = re.search(r'href="([^"]*notices/\?[^"]*)"', page)[1].replace("&amp;", "&")
    assert "notice-sheet" not in registrar.get(address).content.decode()
    sheet = registrar.post(address, {"reason": FOR_THE_POST}).content.decode()
    assert sheet.count("notice-sheet") == 2
    assert "2026-03-15" in sheet  # fourteen days of grace


def test_many_notices_are_printed_by_batch_and_day(registrar, center, monkeypatch):
    monkeypatch.setattr(deciding_many, "NAMED_IN_AN_ADDRESS", 1)
    two = [an_application(center, Status.ACCEPTED), an_application(center, Status.ACCEPTED)]
    page = confirmed(registrar, "notices", two, on="2026-03-01")
    address = re.search(r'href="([^"]*notices/\?batch=[^"]*)"', page)[1].replace("&amp;", "&")
    assert registrar.post(address, {"reason": FOR_THE_POST}).content.decode().count("notice-sheet") == 2
    assert registrar.get(address.replace("2026-03-01", "yesterday")).status_code == 404


def test_who_has_checked_in_is_registered_with_others(registrar, center):
    here, away = an_application(center, Status.CHECKED_IN), an_application(center, Status.ACCEPTED)
    page = confirmed(registrar, "register", [here, away], on="2026-03-01")
    assert "Done: 1. Refused: 1." in page
    student = Student.objects.get()
    assert student.student_no in page


def test_a_rehearsal_leaves_nothing_behind(registrar, center):
    here = an_application(center, Status.CHECKED_IN)
    assert "2026121010001" in together(registrar, "register", [here], on="2026-03-01")
    assert not Student.objects.exists()
    assert "2026121010001" in confirmed(registrar, "register", [here], on="2026-03-01")


def test_a_document_is_opened_by_an_act_that_stays(registrar, center):
    application = an_application(center)
    paper = attach(application, Attachment.Item.IDENTITY, "李娜.png", a_picture(), by=the_system())
    address = reverse("admin:enrollment_attachment_open", args=[paper.public_id])
    assert address in registrar.get(page_of(application)).content.decode()
    answer = registrar.get(address)
    assert answer["Content-Type"] == paper.content_type
    assert "sandbox" in answer["Content-Security-Policy"]
    assert AuditEvent.objects.filter(verb="enrollment.open_attachment", actor__username="registrar").count() == 1


def test_a_list_asks_as_often_for_many_as_for_few(registrar, center, django_assert_max_num_queries):
    for _number in range(3):
        an_application(center)
    with django_assert_max_num_queries(13):  # one of them counts the look
        registrar.get(reverse("admin:enrollment_application_changelist"))


def test_the_same_is_found_for_many_at_once(registrar, center):
    known, new = an_application(center), an_application(center)
    drafted, done = an_application(center, "draft"), an_application(center)
    check_items([done], {"identity": "good", "photo": "good"}, by=the_system())
    check_items([known], {"photo": "wrong"}, remark="模糊", by=the_system())
    found = {"item_identity": "good", "item_photo": "good", "remark": "核对原件"}
    rows = [known, new, drafted, done]
    page = together(registrar, "check", rows, **found)
    assert "wrong → in order" in page
    assert "All of this is known already." in page
    assert ApplicationCheck.objects.current().count() == 3, "nothing is written down before it is confirmed"
    confirmed(registrar, "check", rows, **found)
    checks = ApplicationCheck.objects.current().order_by("item")
    assert [one.result for one in checks.filter(application=known)] == ["good", "good"]
    assert [one.remark for one in checks.filter(application=new)] == ["核对原件", "核对原件"]
    assert not checks.filter(application=drafted)
    assert {one.remark for one in checks.filter(application=done)} == {""}


def test_findings_for_many_are_for_those_who_may_check(center, client):
    onlooker = a_user("onlooker", "admin.enter", "enrollment.view_applications", at=an_institution())
    client.force_login(onlooker, backend="django.contrib.auth.backends.ModelBackend")
    one = an_application(center)
    address = reverse("admin:enrollment_application_many_check")
    assert client.post(address, {"rows": str(one.public_id), "item_photo": "good"}).status_code == 404
    with pytest.raises(NotAllowed):
        check_many([one], {"photo": "good"}, by=onlooker)
    assert not ApplicationCheck.objects.exists()


def test_who_verifies_a_diploma_sees_whose_it_is_and_from_where(registrar, center):
    one = an_application(center)
    page = registrar.get(page_of(one, "verify_prior")).content.decode()
    assert one.name in page
    assert one.prior_school in page
    assert one.prior_certificate_no not in page, "whole numbers are revealed with a reason"
