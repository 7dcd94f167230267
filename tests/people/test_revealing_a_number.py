import pytest
from django.urls import reverse

from common.errors import DomainError, NotAllowed
from common.masking import mask, mask_beside_birth_date, mask_in
from common.models import AuditEvent
from people.models import IdentityDocument
from people.services.revealing import reveal_number
from tests.builders import a_center, a_student, a_user, an_institution

pytestmark = pytest.mark.django_db
NUMBER = "430302199001010013"


@pytest.fixture
def document():
    student = a_student(a_center(an_institution()), id_no=NUMBER)
    return IdentityDocument.objects.get(person=student.person)


def test_a_reason_opens_the_number_and_is_kept(document):
    clerk = a_user("clerk", "people.reveal_number", at=an_institution())
    assert reveal_number(document, reason="diploma is printed", by=clerk) == NUMBER
    event = AuditEvent.objects.get(verb="people.reveal_number")
    assert (event.actor, event.subject_id, event.reason) == (clerk, document.person.public_id, "diploma is printed")
    assert NUMBER not in str(event.detail)


def test_no_reason_no_number(document):
    clerk = a_user("clerk", "people.reveal_number", at=an_institution())
    with pytest.raises(DomainError) as refusal:
        reveal_number(document, reason="  x ", by=clerk)
    assert refusal.value.code == "required"
    assert not AuditEvent.objects.filter(verb="people.reveal_number").exists()


def test_neither_without_the_right_nor_elsewhere(document):
    for user in (
        a_user("reader", "people.view_persons", at=an_institution()),
        a_user("stranger", "people.reveal_number", at=an_institution("10534", "湖南科技大学")),
    ):
        with pytest.raises(NotAllowed):
            reveal_number(document, reason="curious", by=user)


def test_the_page_shows_it_once_and_only_after_the_reason(document, client):
    clerk = a_user("clerk", "admin.enter", "people.view_persons", "people.reveal_number", at=an_institution())
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("admin:people_person_reveal", args=[document.person.public_id])
    asked = {"kind": "document", "key": document.pk}
    assert NUMBER not in client.get(url, asked).content.decode()
    assert NUMBER not in client.post(url, asked | {"reason": ""}).content.decode()
    assert NUMBER in client.post(url, asked | {"reason": "diploma is printed"}).content.decode()
    record = client.get(reverse("admin:people_person_change", args=[document.person.public_id])).content.decode()
    assert NUMBER not in record
    assert mask_beside_birth_date(NUMBER) in record
    assert NUMBER[-3:] not in record


@pytest.mark.parametrize(
    ("clear", "masked"),
    [
        (NUMBER, "**************0013"),
        ("13800138000", "*******8000"),
        ("E12345678", "*****5678"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_masks(clear, masked):
    assert mask(clear) == masked


def test_beside_the_birth_date_two_characters_are_shown():
    assert mask_beside_birth_date(NUMBER) == "****************13"
    assert mask_beside_birth_date(NUMBER[:15]) == "*************10"
    assert mask_beside_birth_date("E12345678") == "*****5678"


def test_numbers_in_a_text_are_masked_and_nothing_else():
    text = f"身份证{NUMBER}，电话13800138000, E12345678; 学号 2025010100012, 12.5 分"
    assert mask_in(text) == "身份证****************13，电话*********00, *******78; 学号 2025010100012, 12.5 分"
