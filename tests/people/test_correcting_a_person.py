import pytest

from common.errors import DomainError, NotAllowed
from common.models import AuditEvent
from people.models import PersonFacts
from people.services import correct_person
from tests.builders import a_center, a_student, a_user, an_institution, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return a_student(a_center(an_institution()), name="王伟", born="1990-01-01").person


@pytest.fixture
def registrar(person):
    return a_user("registrar", "people.correct_person", at=person.institution)


def test_both_readings_are_kept_and_the_list_shows_the_new_one(person, registrar):
    correct_person(person, {"name": "王炜", "birth_date": day("1990-01-02")}, reason="household register", by=registrar)
    person.refresh_from_db()
    assert (person.name, person.pinyin, person.birth_date) == ("王炜", "wangwei", day("1990-01-02"))
    readings = PersonFacts.objects.filter(person=person).order_by("pk")
    assert [one.name for one in readings] == ["王伟", "王炜"]
    assert readings[0].superseded_in == readings[1].recorded_in


def test_the_trail_names_the_facts_and_not_their_values(person, registrar):
    correct_person(person, {"name": "王炜"}, reason="household register", by=registrar)
    event = AuditEvent.objects.get(verb="people.correct_person")
    assert event.detail == {"facts": ["name"]}
    assert "王" not in str(event.detail) + event.reason


@pytest.mark.parametrize(("facts", "reason"), [({"name": "王伟"}, "x"), ({"name": "王炜"}, "")])
def test_nothing_new_or_no_reason_is_refused(person, registrar, facts, reason):
    with pytest.raises(DomainError):
        correct_person(person, facts, reason=reason, by=registrar)
    assert PersonFacts.objects.filter(person=person).count() == 1


def test_an_outsider_may_not(person):
    outsider = a_user("outsider", "people.correct_person", at=an_institution("10534", "湖南科技大学"))
    with pytest.raises(NotAllowed):
        correct_person(person, {"name": "王炜"}, reason="x", by=outsider)
    assert PersonFacts.objects.filter(person=person).count() == 1
