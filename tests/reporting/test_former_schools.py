"""As it was, and as organised today: two views that are never added (docs/rules.md §1a, worked example 10)."""

import pytest

from common.dates import as_on
from common.ledger import recording
from learning_centers.models import LineageEvent, LineageLink
from reporting.reports.figures import ask, compute
from reporting.reports.laws import check
from tests.builders import a_center, a_school, a_student, an_institution, day, handed_over, the_system

pytestmark = pytest.mark.django_db


def happened(institution, kind, on, before, after):
    with recording(institution, by=the_system(), reason="tests.lineage") as entry:
        event = LineageEvent.objects.create(institution=institution, kind=kind, on=day(on), recorded_in_id=entry.id)
        for side, schools in (("predecessor", before), ("successor", after)):
            for school in schools:
                LineageLink.objects.create(event=event, school=school, side=side, recorded_in_id=entry.id)


@pytest.fixture
def institution():
    """Three schools with 12, 25 and 8 students (thousands in the example), merged into one in November 2017."""
    institution = an_institution()
    merged = a_school(institution, "SOCE")
    former = []
    for code, count in (("CE", 12), ("DE", 25), ("AE", 8)):
        school = a_school(institution, code)
        center = a_center(institution, f"01{code}", school=school)
        for _ in range(count):
            a_student(center, entered="2015-09-01")
        handed_over(center, merged, "2017-11-01")
        former.append(school)
    happened(institution, "merged", "2017-11-01", former, [merged])
    return institution


def test_a_former_year_is_shown_as_it_was_or_as_organised_today(institution):
    table = compute(ask(institution, day("2016-09-01")), [("school",), ("school_today",)])
    check(table)
    assert {key: values["deg.stock"] for key, values in table.rows(("school",))} == {
        ("AE",): 8,
        ("CE",): 12,
        ("DE",): 25,
    }
    assert {key: values["deg.stock"] for key, values in table.rows(("school_today",))} == {("SOCE",): 45}
    assert table.value("deg.stock") == 45


def test_the_merger_is_a_move_between_schools_as_they_were_only(institution):
    table = compute(ask(institution, day("2018-09-01"), day("2017-09-01")), [("school",), ("school_today",)])
    check(table)
    assert table.value("deg.moved_in", school="SOCE") == table.value("deg.stock", school="SOCE") == 45
    assert table.value("deg.moved_out", school="DE") == 25
    assert table.value("deg.moved_in", school_today="SOCE") == 0


def test_a_chain_of_mergers_is_followed_and_a_split_is_not_guessed(institution):
    last, one, two = (a_school(institution, code) for code in ("LAST", "ONE", "TWO"))
    happened(institution, "merged", "2019-01-01", [a_school(institution, "SOCE")], [last])
    happened(institution, "split", "2020-01-01", [last], [one, two])
    table = compute(ask(institution, day("2016-09-01")), [("school_today",)])
    assert table.value("deg.stock", school_today="LAST") == 45


def test_before_the_merger_was_known_the_schools_stood_for_themselves(institution):
    first = institution.recordings.filter(reason="tests.lineage").get()
    before = first.instant.replace(microsecond=first.instant.microsecond - 1) if first.instant.microsecond else None
    table = compute(ask(institution, day("2016-09-01"), known_at=before), [("school_today",)])
    assert table.value("deg.stock", school_today="SOCE") == 0
    assert table.value("deg.stock", school_today="DE") == 25


def test_a_merger_holds_from_its_day_on(institution):
    later = a_school(institution, "LATER")
    happened(institution, "merged", "2026-11-22", [a_school(institution, "SOCE")], [later])
    for today, code in (("2026-11-21", "SOCE"), ("2026-11-22", "LATER")):
        with as_on(day(today)):
            table = compute(ask(institution, day("2016-09-01")), [("school_today",)])
        assert {key for (key,), _values in table.rows(("school_today",))} == {code}
