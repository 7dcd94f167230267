"""Where the lives of students make persons seen: at each centre since they came there, at the last one for good."""

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise

from enrollment.records.life import Life
from enrollment.records.models.students import Student
from people.services.places import Stay, renew_places

LINE = "degree"


def stays_of(life: Life, institution_id: int, person_id: int, student: int) -> Iterator[Stay]:
    for center, begin, end in centers_of(life):
        yield Stay(institution_id, person_id, student, begin, end, center_id=center)


def centers_of(life: Life) -> list[tuple[int, dt.date, dt.date | None]]:
    """Each centre with the day of coming there and that of coming to the next one; none for a day that two moves share."""
    came = [(center, next(periods).begin) for center, periods in groupby(life.periods, lambda period: period.center_id)]
    left = [begin for (_before, _begin), (_center, begin) in pairwise(came)]
    spans = zip(came, [*left, None], strict=True)
    return [(center, begin, end) for (center, begin), end in spans if begin != end]


def renew_student_places(lives: Mapping[int, Life]) -> None:
    """Bring the places of these students in line with their lives as they stand today."""
    students = list(Student.objects.filter(pk__in=list(lives)).values_list("pk", "institution_id", "person_id"))
    persons = {key: person for key, _institution, person in students}
    stays = (stay for key, institution, person in students for stay in stays_of(lives[key], institution, person, key))
    renew_places(LINE, persons, stays)


def drop_student_places(recording_id: int) -> None:
    """Nobody is seen anywhere by a student who was taken back in this recording."""
    gone = Student.objects.filter(superseded_in=recording_id)
    renew_places(LINE, dict(gone.values_list("pk", "person_id")), ())
