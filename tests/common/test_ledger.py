import datetime as dt
import threading

import pytest
from django.db import connection

from common.ledger import knowledge_at, recording, recordings
from common.models import Recording
from tests.builders import an_institution, the_system


@pytest.mark.django_db
def test_numbers_have_no_gaps_even_when_writing_fails():
    institution = an_institution()
    with recording(institution, by=the_system(), reason="tests.first"):
        pass
    with pytest.raises(RuntimeError), recording(institution, by=the_system(), reason="tests.failed"):
        raise RuntimeError
    with recording(institution, by=the_system(), reason="tests.second"):
        pass
    assert list(Recording.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_a_service_inside_a_service_joins_its_recording():
    institution = an_institution()
    by = the_system()
    with (
        recording(institution, by=by, reason="tests.outer") as outer,
        recording(institution, by=by, reason="t") as inner,
    ):
        assert inner is outer
    assert Recording.objects.count() == 1


@pytest.mark.django_db
def test_what_was_known_at_an_instant_stays_the_same():
    institution = an_institution()
    assert knowledge_at(institution).number == 0
    for _ in range(3):
        with recording(institution, by=the_system(), reason="tests.act"):
            pass
    instants = list(Recording.objects.order_by("number").values_list("instant", flat=True))
    assert instants == sorted(set(instants))
    assert [knowledge_at(institution, instant).number for instant in instants] == [1, 2, 3]
    assert knowledge_at(institution, instants[0] - dt.timedelta(microseconds=1)).number == 0
    assert knowledge_at(institution).number == 3


@pytest.mark.django_db(transaction=True)
def test_writers_in_flight_get_their_numbers_in_the_order_of_their_commits():
    institution, other = an_institution(), an_institution("10534", "湖南科技大学")
    by = the_system()

    def write(both: list) -> None:
        try:
            for _ in range(10):
                with recordings(both, by=by, reason="tests.act"):
                    pass
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(both,)) for both in ([institution, other], [other, institution])]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    for one in (institution, other):
        found = list(Recording.objects.filter(institution=one).order_by("number").values_list("number", "instant"))
        assert [number for number, _ in found] == list(range(1, 21))
        assert [instant for _, instant in found] == sorted(instant for _, instant in found)
