import pytest

from enrollment.models import Student
from enrollment.services.finding import find_students
from tests.builders import a_center, a_student, an_institution

pytestmark = pytest.mark.django_db
NUMBER = "430302199001010013"


@pytest.fixture
def find():
    home = an_institution()
    center = a_center(home)
    a_student(center, "20240001", name="欧阳伟强", id_no=NUMBER)
    a_student(center, "20240002", name="王伟")
    a_student(center, "20250003", name="李强")

    def numbers(text: str, institutions=(home.pk,)) -> list[str]:
        found = find_students(Student.objects.all(), text, institutions)
        return sorted(found.values_list("student_no", flat=True))

    return numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", ["20240001", "20240002", "20250003"]),
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
    ],
)
def test_by_whatever_is_given(find, text, numbers):
    assert find(text) == numbers


def test_an_identity_number_is_looked_up_where_one_may_look(find):
    assert find(NUMBER, institutions=()) == []
