"""Stocks and flows as docs/rules.md §6.2, §6.2a and the worked examples of §6.4 define them."""

import pytest

from common.ledger import recording
from learning_centers.models import CenterPeriod
from reporting.reports.figures import ask, compute, is_incomplete
from reporting.reports.laws import check
from tests.builders import (
    a_center,
    a_school,
    a_student,
    a_version,
    an_institution,
    day,
    handed_over,
    many_students,
    the_system,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return an_institution()


@pytest.fixture
def center(institution):
    return a_center(institution)


def figures(institution, as_of, since=None, *by):
    """The checked figures of today's knowledge."""
    table = compute(ask(institution, day(as_of), since and day(since)), by)
    check(table)
    return table


def flows(table, **slice_):
    """The flows that are not zero."""
    skipped = {"deg.stock", "deg.suspended", "deg.opening", "deg.closing"}
    (cells,) = (cells for by, cells in table.cells.items() if set(by) == set(slice_))
    values = cells.get(tuple(slice_.values()), {})
    return {name.removeprefix("deg."): value for name, value in values.items() if value and name not in skipped}


def test_without_any_record_every_figure_is_zero(institution):
    table = figures(institution, "2025-09-01", "2024-09-01")
    assert set(table.cells[()][()].values()) == {0}
    assert len(table.cells[()][()]) == 18


def test_the_first_of_september_decides_who_is_in_stock(institution, center):
    """Worked example 2."""
    a_student(center, entered="2022-03-01", changes=[("graduate", "2025-08-31")])
    a_student(center, entered="2022-03-01", changes=[("graduate", "2025-09-01")])
    a_student(center, entered="2025-09-01")
    a_student(center, entered="2024-03-01", changes=[("suspend", "2025-09-01")])
    a_student(center, entered="2024-03-01", changes=[("withdraw", "2025-08-31")])
    table = figures(institution, "2025-09-01", "2024-09-01")
    assert table.value("deg.stock") == 2
    assert table.value("deg.suspended") == 1
    assert flows(table) == {"entrants": 1, "graduates": 1, "suspensions": 1, "withdrawals": 1}


EXAMPLE_1 = [
    (698, "2023-09-01", []),
    (240, "2023-09-01", [("graduate", "2025-06-30")]),
    (10, "2023-09-01", [("complete", "2025-06-30")]),
    (20, "2023-09-01", [("suspend", "2025-03-01")]),
    (25, "2023-09-01", [("withdraw", "2025-03-01")]),
    (1, "2023-09-01", [("expel", "2025-03-01", {"decision_no": "校字1号"})]),
    (2, "2023-09-01", [("deceased", "2025-03-01")]),
    (4, "2023-09-01", [("transfer_out", "2025-03-01")]),
    (12, "2023-09-01", [("suspend", "2024-03-01"), ("resume", "2025-03-01")]),
    (3, "2023-09-01", [("suspend", "2024-03-01"), ("withdraw", "2025-03-01")]),
    (300, "2025-03-01", []),
]
"""How many, entered when, with which changes since: 1,000 in stock and 15 suspended on 1 September 2024."""


def test_a_school_year_balances(institution, center):
    """Worked example 1; who withdraws while suspended is no flow of the stock."""
    for count, entered, changes in EXAMPLE_1:
        many_students(center, count, entered=entered, changes=changes)
    many_students(center, 5, entered="2025-03-01", kind="transfer_in")
    table = figures(institution, "2025-09-01", "2024-09-01", ("center",), ("sex",))
    assert flows(table) == {
        "entrants": 300, "resumed": 12, "transferred_in": 5, "graduates": 240, "completers": 10, "suspensions": 20,
        "withdrawals": 25, "expulsions": 1, "deaths": 2, "transfers_out": 4,
    }  # fmt: skip
    assert table.value("deg.opening") == 1000
    assert table.value("deg.closing") == table.value("deg.stock") == 1015
    assert table.value("deg.suspended") == 20
    assert figures(institution, "2024-09-01").value("deg.suspended") == 15


def test_conferral_and_death_count_one_day_later_than_withdrawal(institution, center):
    for kind in ("graduate", "deceased", "withdraw"):
        a_student(center, entered="2024-03-01", changes=[(kind, "2025-09-01")])
    assert flows(figures(institution, "2025-09-01", "2025-08-31")) == {"withdrawals": 1}
    assert flows(figures(institution, "2025-09-02", "2025-09-01")) == {"graduates": 1, "deaths": 1}


def test_leaving_on_the_entry_day_is_an_entry_and_a_leaving(institution, center):
    a_student(center, entered="2025-03-01", changes=[("withdraw", "2025-03-01")])
    table = figures(institution, "2025-09-01", "2024-09-01", ("center",))
    assert flows(table) == flows(table, center="0101") == {"entrants": 1, "withdrawals": 1}
    assert table.value("deg.stock") == 0


def test_moving_on_the_entry_day_is_an_entry_and_a_move(institution, center):
    other = a_center(institution, "0102")
    a_student(center, entered="2025-03-01", changes=[("change_center", "2025-03-01", {"new_center_id": other.pk})])
    table = figures(institution, "2025-09-01", "2024-09-01", ("center",))
    assert flows(table, center="0101") == {"entrants": 1, "moved_out": 1}
    assert flows(table, center="0102") == {"moved_in": 1}
    assert flows(table) == {"entrants": 1}


def test_a_move_is_a_flow_of_the_centres_but_not_of_the_school(institution, center):
    """Worked example 14."""
    other = a_center(institution, "0102")
    a_student(center, entered="2024-03-01", changes=[("change_center", "2025-03-01", {"new_center_id": other.pk})])
    table = figures(
        institution, "2025-09-01", "2024-09-01", ("center",), ("school",), ("province",), ("school", "center")
    )
    assert flows(table) == flows(table, school="S1") == flows(table, province="430000") == {}
    assert flows(table, center="0101") == {"moved_out": 1}
    assert flows(table, center="0102") == {"moved_in": 1}
    assert flows(table, school="S1", center="0102") == {"moved_in": 1}


def test_there_and_back_is_two_moves(institution, center):
    other = a_center(institution, "0102", province="440000")
    a_student(
        center,
        entered="2024-03-01",
        changes=[
            ("change_center", "2025-03-01", {"new_center_id": other.pk}),
            ("change_center", "2025-05-01", {"new_center_id": center.pk}),
        ],
    )
    table = figures(institution, "2025-09-01", "2024-09-01", ("center",), ("province",))
    assert flows(table, center="0101") == flows(table, province="440000") == {"moved_in": 1, "moved_out": 1}


def test_out_flows_belong_to_the_slice_held_just_before(institution, center):
    other = a_center(institution, "0102")
    moved_and_left = [("change_center", "2025-03-01", {"new_center_id": other.pk}), ("withdraw", "2025-04-01")]
    a_student(center, entered="2024-03-01", changes=moved_and_left)
    table = figures(institution, "2025-09-01", "2024-09-01", ("center",))
    assert flows(table, center="0102") == {"moved_in": 1, "withdrawals": 1}


def test_a_diploma_after_completion_is_no_second_flow(institution, center):
    a_student(center, entered="2022-03-01", changes=[("complete", "2025-01-10"), ("graduate", "2025-06-30")])
    assert flows(figures(institution, "2025-09-01", "2024-09-01")) == {"completers": 1}


def test_reinstatement_counts_as_resumed(institution, center):
    a_student(
        center,
        entered="2022-03-01",
        changes=[("expel", "2025-01-10", {"decision_no": "1"}), ("reinstate", "2025-02-10")],
    )
    assert flows(figures(institution, "2025-09-01", "2024-09-01")) == {"expulsions": 1, "resumed": 1}


def test_a_second_enrolment_is_a_new_entrant(institution, center):
    first = a_student(center, entered="2022-03-01", changes=[("graduate", "2024-12-31")])
    a_student(center, entered="2025-03-01", id_no=None, name=first.person.name)
    assert flows(figures(institution, "2025-09-01", "2024-09-01")) == {"entrants": 1, "graduates": 1}


def test_when_a_centre_changes_hands_its_students_move_between_schools(institution, center):
    a_student(center, entered="2024-03-01")
    a_student(center, entered="2024-03-01", changes=[("withdraw", "2025-03-01")])
    handed_over(center, a_school(institution, "S2"), "2025-03-01")
    table = figures(institution, "2025-09-01", "2024-09-01", ("school",), ("center",))
    assert flows(table, school="S1") == {"moved_out": 1, "withdrawals": 1}
    assert flows(table, school="S2") == {"moved_in": 1}
    assert flows(table, center="0101") == {"withdrawals": 1}


def test_who_comes_and_goes_on_the_day_of_a_handover_belongs_to_the_new_school(institution, center):
    """Who comes and goes at once leaves an empty period; who graduates is still there on the day; who withdraws is not."""
    a_student(center, entered="2025-03-01", changes=[("withdraw", "2025-03-01")])
    a_student(center, entered="2024-03-01", changes=[("graduate", "2025-03-01")])
    a_student(center, entered="2024-03-01", changes=[("deceased", "2025-02-28")])
    a_student(center, entered="2025-02-28", changes=[("withdraw", "2025-03-01")])
    handed_over(center, a_school(institution, "S2"), "2025-03-01")
    table = figures(institution, "2025-09-01", "2024-09-01", ("school",))
    assert flows(table, school="S2") == {"entrants": 1, "withdrawals": 1, "graduates": 1, "moved_in": 1}
    assert flows(table, school="S1") == {"entrants": 1, "withdrawals": 1, "deaths": 1, "moved_out": 1}


def test_age_is_that_of_the_day_and_unknown_is_a_slice(institution, center):
    a_student(center, born="2000-02-29")
    a_student(center, born="2005-09-01")
    table = figures(institution, "2025-02-28", "2024-09-01", ("age_band",), ("sex", "age_band"))
    assert table.rows(("age_band",)) == [
        (("0-19",), {"deg.stock": 1}),
        (("20-24",), {"deg.stock": 1}),
    ]


def test_a_birthday_is_the_first_day_of_an_age(institution, center):
    for born in ("2005-02-28", "2005-03-01", "1975-02-28", "1975-03-01"):
        a_student(center, born=born)
    table = figures(institution, "2025-02-28", None, ("age_band",))
    assert {key: values["deg.stock"] for (key,), values in table.rows(("age_band",))} == {
        "0-19": 1, "20-24": 1, "40-49": 1, "50+": 1,
    }  # fmt: skip


def test_whose_sex_is_not_known_is_in_the_unknown_slice(institution, center):
    a_student(center, sex="")
    a_student(center, sex="female")
    table = figures(institution, "2025-09-01", None, ("sex",))
    assert [(key, values["deg.stock"]) for (key,), values in table.rows(("sex",))] == [("female", 1), (None, 1)]


def test_days_that_no_period_of_a_centre_tells_of_are_unknown_and_not_lost(institution, center):
    """Between two known times, before the first and after the last."""
    with recording(institution, by=the_system(), reason="tests.gap") as entry:
        known = CenterPeriod.objects.current().get(center=center)
        CenterPeriod.objects.filter(pk=known.pk).supersede(entry.id)
        for begin, end in (("2024-10-01", "2025-01-01"), ("2025-03-01", "2025-06-01")):
            known.pk, known.begin, known.end, known.recorded_in_id = None, day(begin), day(end), entry.id
            known.superseded_in_id = None
            known.save(force_insert=True)
    a_student(center, entered="2024-09-01")
    schools = {
        on: [key for (key,), _values in figures(institution, on, None, ("school",)).rows(("school",))]
        for on in (
            "2024-09-30", "2024-10-01", "2024-12-31", "2025-01-01", "2025-02-28", "2025-03-01", "2025-05-31", "2025-06-01",
        )
    }  # fmt: skip
    assert schools == {
        "2024-09-30": [None], "2024-10-01": ["S1"], "2024-12-31": ["S1"], "2025-01-01": [None], "2025-02-28": [None],
        "2025-03-01": ["S1"], "2025-05-31": ["S1"], "2025-06-01": [None],
    }  # fmt: skip
    table = figures(institution, "2025-09-01", "2024-09-01", ("school",))
    assert flows(table, school="S1") == {"moved_in": 2, "moved_out": 2}


def test_majors_are_merged_over_paths_unless_asked(institution, center):
    a_student(center)
    a_student(center, version=a_version(institution, level_path="sec_to_ba"))
    table = figures(institution, "2025-09-01", None, ("major",), ("major", "level_path"))
    assert table.value("deg.stock", major="081502") == 2
    assert table.value("deg.stock", major="081502", level_path="sec_to_ba") == 1


def test_figures_from_before_the_records_are_marked(institution):
    assert not is_incomplete(institution, day("1999-09-01"))
    institution.records_complete_from = day("2020-09-01")
    assert is_incomplete(institution, day("2020-08-31"))
    assert is_incomplete(institution, day("2021-09-01"), day("2020-08-31"))
    assert not is_incomplete(institution, day("2021-09-01"), day("2020-09-01"))
