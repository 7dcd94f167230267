"""Reorganisations are recorded years later, and by two people at once: what was known in between is not lost."""

import pytest

from common.dates import PartialDate, as_on
from common.errors import DomainError
from learning_centers.models import CenterPeriod, LineageEvent, School, SchoolParent
from learning_centers.services import (
    Act,
    CenterDraft,
    Place,
    SchoolDraft,
    close_school,
    found_school,
    merge_schools,
    open_center,
    place_under,
    rename_school,
    split_school,
)
from tests.beside import one_after_the_other
from tests.builders import a_center, a_school, an_institution, day, handed_over, the_system

pytestmark = pytest.mark.django_db
NEW = SchoolDraft(code="N", name="继续教育学院")


def act(text: str) -> Act:
    return Act(on=PartialDate.parse(text))


@pytest.fixture
def two(db):
    institution = an_institution()
    return [a_school(institution, "A", "成人教育学院"), a_school(institution, "B", "远程教育学院")]


def schools_of(center) -> list[tuple]:
    rows = CenterPeriod.objects.current().filter(center=center).order_by("begin")
    return list(rows.values_list("begin", "school__code"))


def above(unit) -> list[tuple]:
    return list(
        SchoolParent.objects.current().filter(school=unit).order_by("begin").values_list("begin", "parent__code")
    )


def refusal_of(work) -> str:
    with pytest.raises(DomainError) as raised:
        work()
    return raised.value.code


def test_a_centre_that_came_after_the_day_of_a_late_merger_goes_on_too(two):
    other = a_school(two[0].institution, "S1")
    center = a_center(two[0].institution, "0101", school=other)
    handed_over(center, two[0], "2020-01-01")
    merge_schools(two, NEW, act=act("2017-11"), by=the_system())
    assert schools_of(center) == [(day("2020-01-01"), "N"), (None, "S1")]
    center.refresh_from_db()
    assert center.school.code == "N"


def test_a_centre_that_has_left_before_stays_where_it_went(two):
    other = a_school(two[0].institution, "S1")
    center = a_center(two[0].institution, "0101", school=two[0])
    handed_over(center, other, "2016-01-01")
    merge_schools(two, NEW, act=act("2017-11"), by=the_system())
    assert schools_of(center) == [(day("2016-01-01"), "S1"), (None, "A")]


@pytest.mark.parametrize("ends", ["merged", "closed"])
def test_no_unit_ends_before_what_is_known_of_it(two, ends):
    rename_school(two[0], "成人与继续教育学院", act=act("2016"), by=the_system())
    work = {
        "merged": lambda: merge_schools(two, NEW, act=act("2010"), by=the_system()),
        "closed": lambda: close_school(two[0], act=act("2010"), by=the_system()),
    }
    assert refusal_of(work[ends]) == "change_not_possible"
    assert not School.objects.filter(closed_on__isnull=False).exists()


def test_the_units_below_a_merged_one_belong_to_the_new_one(two):
    below = a_school(two[0].institution, "C", "培训中心")
    place_under(below, two[0], on=day("2010-01-01"), by=the_system())
    merge_schools(two, NEW, act=act("2017-11"), by=the_system())
    assert above(below) == [(day("2010-01-01"), "A"), (day("2017-11-01"), "N")]


def test_one_that_merges_with_the_unit_above_it_ends_with_it(two):
    place_under(two[1], two[0], on=day("2010-01-01"), by=the_system())
    merge_schools(two, NEW, act=act("2017-11"), by=the_system())
    assert SchoolParent.objects.current().get().end == day("2017-11-01")


def test_the_units_below_a_split_one_go_where_its_centres_go(two):
    below = a_school(two[0].institution, "C", "培训中心")
    place_under(below, two[0], on=day("2010-01-01"), by=the_system())
    split_school(two[0], [NEW, SchoolDraft(code="M", name="网络教育学院")], act=act("2017"), by=the_system())
    assert above(below)[-1] == (day("2017-01-01"), "N")


def test_no_unit_stands_below_itself_later_either(two):
    place_under(two[0], two[1], on=day("2025-01-01"), by=the_system())
    circle = refusal_of(lambda: place_under(two[1], two[0], on=day("2020-01-01"), by=the_system()))
    assert circle == "change_not_possible"


def test_a_page_from_before_the_merger_merges_nothing_again(two):
    seen = [School.objects.get(pk=one.pk) for one in two]
    merge_schools(two, NEW, act=act("2017-11"), by=the_system())
    again = SchoolDraft(code="N2", name="又一学院")
    assert refusal_of(lambda: merge_schools(seen, again, act=act("2018"), by=the_system())) == "change_not_possible"
    assert LineageEvent.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_and_close_at_once_the_second_is_refused(two):
    seen = School.objects.get(pk=two[0].pk)
    answer = one_after_the_other(
        lambda: merge_schools(two, NEW, act=act("2017-11"), by=the_system()),
        lambda: close_school(seen, act=act("2018"), by=the_system()),
    )
    assert answer == "change_not_possible"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_centre_is_opened_in_a_school_that_is_being_merged(two):
    draft = CenterDraft(code="0777", name="株洲教学点", school_id=two[0].pk, regime="school_direct", place=Place())
    answer = one_after_the_other(
        lambda: merge_schools(two, NEW, act=act("2017-11"), by=the_system()),
        lambda: open_center(two[0].institution, draft, by=the_system()),
    )
    assert answer == "change_not_possible"


def test_who_founded_a_unit_may_close_it_on_the_same_day(two):
    unit = found_school(two[0].institution, NEW, act=act("2024-09"), by=the_system())
    close_school(unit, act=act("2024-09"), by=the_system())
    assert unit.closed_on == day("2024-09-01")


def test_what_ends_ahead_is_told_with_its_day(two):
    with as_on(day("2026-11-22")):
        merge_schools(two, NEW, act=act("2027-01"), by=the_system())
        with pytest.raises(DomainError, match="ends on 2027-01-01"):
            rename_school(two[0], "又一学院", act=act("2026-12"), by=the_system())
