import pytest

from common.errors import DomainError, NotAllowed
from people.models import PersonMerge
from people.services import duplicate_candidates, head_of, merge_persons, tell_apart, undo_merge
from tests.builders import a_center, a_student, a_user, an_institution, the_system

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return an_institution()


@pytest.fixture
def twins(institution):
    center = a_center(institution)
    return [a_student(center).person for _ in range(3)]


@pytest.fixture
def registrar(institution):
    return a_user("registrar", "people.merge_persons", at=institution)


def test_alike_people_are_proposed_until_someone_has_judged(institution, twins, registrar):
    first, second, third = twins
    assert len(list(duplicate_candidates(institution))) == 3
    tell_apart(second, first, reason="two diplomas", by=registrar)
    merge_persons(first, third, reason="old passport", by=registrar)
    assert [(pair.first, pair.second) for pair in duplicate_candidates(institution)] == [(second, third)]


def test_a_chain_of_merges_has_one_head(twins, registrar):
    first, second, third = twins
    merge_persons(second, third, reason="", by=registrar)
    merge_persons(first, second, reason="", by=registrar)
    assert {head_of(person) for person in twins} == {first}


def test_a_merge_can_be_taken_back_and_stays_in_history(twins, registrar):
    first, second, _third = twins
    merge = merge_persons(first, second, reason="", by=registrar)
    undo_merge(merge, reason="father and son", by=registrar)
    assert head_of(second) == second
    assert PersonMerge.objects.count() == 1


def test_who_is_counted_apart_again_takes_along_whom_they_brought(twins, registrar):
    first, second, third = twins
    merge_persons(second, third, reason="same photo", by=registrar)
    merge = merge_persons(first, second, reason="mistake", by=registrar)
    undo_merge(merge, reason="father and son", by=registrar)
    assert [head_of(person) for person in twins] == [first, second, second]
    again = merge_persons(first, second, reason="no mistake", by=registrar)
    undo_merge(PersonMerge.objects.current().get(merged=third), reason="another one", by=registrar)
    assert [head_of(person) for person in twins] == [first, first, third]
    undo_merge(again, reason="father and son", by=registrar)
    assert [head_of(person) for person in twins] == twins


def test_a_merge_is_taken_back_once_and_with_a_reason(twins, registrar):
    merge = merge_persons(twins[0], twins[1], reason="", by=registrar)
    with pytest.raises(DomainError, match="Give a reason"):
        undo_merge(merge, reason=" ", by=registrar)
    undo_merge(merge, reason="father and son", by=registrar)
    with pytest.raises(DomainError, match="any more"):
        undo_merge(merge, reason="father and son", by=registrar)


def test_three_records_of_one_person_ask_no_more_when_all_are_one(institution, twins, registrar):
    for other in twins[1:]:
        merge_persons(twins[0], other, reason="", by=registrar)
    assert list(duplicate_candidates(institution)) == []


def test_those_told_apart_do_not_become_one_through_a_third(twins, registrar):
    first, second, third = twins
    tell_apart(first, third, reason="two diplomas", by=registrar)
    merge_persons(second, first, reason="", by=registrar)
    with pytest.raises(DomainError, match="two different people"):
        merge_persons(second, third, reason="", by=registrar)


def test_those_told_apart_are_not_merged(twins, registrar):
    first, second, _third = twins
    tell_apart(first, second, reason="", by=registrar)
    with pytest.raises(DomainError, match="two different people"):
        merge_persons(second, first, reason="", by=registrar)


def test_an_outsider_may_not(twins):
    outsider = a_user("outsider", "people.merge_persons", at=an_institution("10534", "湖南科技大学"))
    with pytest.raises(NotAllowed):
        merge_persons(twins[0], twins[1], reason="", by=outsider)
    assert not PersonMerge.objects.exists()


def test_people_of_two_institutions_are_never_one(twins):
    abroad = a_student(a_center(an_institution("10534", "湖南科技大学"), "0901")).person
    with pytest.raises(DomainError):
        merge_persons(twins[0], abroad, reason="one name", by=the_system())
    assert not PersonMerge.objects.exists()
