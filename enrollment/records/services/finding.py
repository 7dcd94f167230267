"""Finding a student by whatever the person at the counter gives: a number, a name, its pinyin, an identity number."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from common.texts import normalize
from enrollment.admission.services.judging import written
from enrollment.records.models.students import Student
from people.models import Person
from people.services.searching import persons_with_number

SHORTEST_IDENTITY_NO = 6


def find_students(students: QuerySet[Student], text: str, institutions: Sequence[int], *, by: Any) -> QuerySet[Student]:
    """Narrow `students` by a student number's beginning, a full identity number, two characters of a name, or pinyin.

    What begins no student number is looked up as an identity number in each of the `institutions`: only the whole number finds,
    and the look-up is counted. Raises DomainError `too_many_this_hour`.
    """
    text = normalize(text)[0]
    if not text:
        return students
    number = written(text)
    if not number.isascii() or not any(character.isdigit() for character in number):
        return students.filter(person__in=Person.objects.named_like(text).current())
    numbered = students.filter(student_no__startswith=number)
    if len(number) < SHORTEST_IDENTITY_NO or numbered.exists():
        return numbered
    return students.filter(person__in=persons_with_number(number, institutions, by=by))
