"""Finding a student by whatever the person at the counter gives: a number, a name, its pinyin, an identity number."""

from collections.abc import Iterable

from django.db.models import QuerySet

from enrollment.models import Student
from enrollment.services.judging import written
from exchange.raw import normalize
from people.models import Person
from people.models.persons import IdentityType
from people.services import identity_digest, persons_by_digest

LONGEST_STUDENT_NO = 15
SHORTEST_IDENTITY_NO = 6


def find_students(students: QuerySet[Student], text: str, institutions: Iterable[int]) -> QuerySet[Student]:
    """Narrow `students` by a student number's beginning, a full identity number, two characters of a name, or pinyin.

    An identity number is looked up by its digest in each of the `institutions`: only the whole number finds.
    """
    text = normalize(text)[0]
    if not text:
        return students
    number = written(text)
    if not number.isascii() or not any(character.isdigit() for character in number):
        return students.filter(person__in=Person.objects.named_like(text).current())
    owners = _owners(number, institutions) if len(number) >= SHORTEST_IDENTITY_NO else set()
    if owners or len(number) > LONGEST_STUDENT_NO:
        return students.filter(person__in=owners)
    return students.filter(student_no__startswith=number)


def _owners(number: str, institutions: Iterable[int]) -> set[int]:
    return {
        person
        for institution in institutions
        for person in persons_by_digest(
            institution, [identity_digest(institution, str(kind), number) for kind in IdentityType]
        ).values()
    }
