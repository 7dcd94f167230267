import pytest

from common.errors import DomainError
from common.models import AuditEvent
from enrollment.models import Student
from enrollment.records.services.finding import find_students
from learning_centers.services.rules import Setting, set_rule
from tests.builders import a_center, a_student, a_user, an_institution, the_system

pytestmark = pytest.mark.django_db
NUMBER = "430302199001010013"


@pytest.fixture
def find():
    home = an_institution()
    center = a_center(home)
    a_student(center, "20240001", name="欧阳伟强", id_no=NUMBER)
    a_student(center, "20240002", name="王伟")
    a_student(center, "20250003", name="李强")
    a_student(center, "20250004", name="阿依古丽·买买提")
    a_student(center, "20250005", name="O'Brien José María")
    clerk = a_user("clerk", "enrollment.view_students", at=home)

    def numbers(text: str, institutions=(home.pk,)) -> list[str]:
        found = find_students(Student.objects.all(), text, institutions, by=clerk)
        return sorted(found.values_list("student_no", flat=True))

    return numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", ["20240001", "20240002", "20250003", "20250004", "20250005"]),
        ("2024", ["20240001", "20240002"]),
        ("20240002", ["20240002"]),
        ("伟强", ["20240001"]),
        ("王伟", ["20240002"]),
        ("wangwei", ["20240002"]),
        ("Wang Wei", ["20240002"]),
        ("lq", ["20250003"]),
        (NUMBER, ["20240001"]),
        (f" {NUMBER[:6]} {NUMBER[6:]} ", ["20240001"]),
        ("４３０３０２１９９００１０１００１３", ["20240001"]),
        (NUMBER[:17], []),
        ("没有", []),
        ("王 伟", ["20240002"]),
        ("王\u3000伟", ["20240002"]),
        ("ｗａｎｇｗｅｉ", ["20240002"]),
        ("２０２４０００２", ["20240002"]),
        ("阿依古丽•买买提", ["20250004"]),
        ("古丽・买", ["20250004"]),
        ("阿依古丽 · 买买提", ["20250004"]),
        ("o’brien", ["20250005"]),
        ("O´Brien", ["20250005"]),
        ("obrien jose", ["20250005"]),
        ("José María O'Brien", ["20250005"]),
        ("maria", ["20250005"]),
        ("maria wang", []),
    ],
)
def test_by_whatever_is_given(find, text, numbers):
    assert find(text) == numbers


def test_an_identity_number_is_looked_up_where_one_may_look(find):
    assert find(NUMBER, institutions=()) == []


def test_a_look_up_by_identity_number_is_on_the_trail_without_the_number(find):
    find(NUMBER)
    find(NUMBER[:17])
    events = AuditEvent.objects.filter(verb="people.search_number").order_by("id")
    assert [event.detail["found"] for event in events] == [1, 0]
    assert NUMBER[:17] not in str(list(events.values()))


def test_student_numbers_and_names_are_no_such_look_up(find):
    for text in ("20240002", "2024", "王伟", "wangwei", ""):
        find(text)
    assert not AuditEvent.objects.filter(verb="people.search_number").exists()


def test_whoever_tries_number_after_number_is_stopped(find):
    set_rule(an_institution(), Setting("number_searches_per_hour", 2, "house rule"), by=the_system())
    find(NUMBER)
    find("430302199001010021")
    with pytest.raises(DomainError) as refusal:
        find(NUMBER)
    assert refusal.value.code == "too_many_this_hour"
    assert find("20240001") == ["20240001"]
