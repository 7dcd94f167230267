"""A figure over time is the same as the figure of each day."""

import datetime as dt
from itertools import pairwise

import pytest

from common.errors import DomainError
from reporting.reports.figures import ask, compute
from reporting.reports.trend import trend
from tests.builders import a_center, a_student, an_institution, day

pytestmark = pytest.mark.django_db
MONTHS = [dt.date(2024 + month // 12, month % 12 + 1, 1) for month in range(24)]


@pytest.fixture
def institution():
    institution = an_institution()
    center, other = a_center(institution), a_center(institution, "0102", province="440000")
    there = {"new_center_id": other.pk}
    a_student(
        center, entered="2024-03-01", changes=[("change_center", "2024-06-01", there), ("withdraw", "2025-02-01")]
    )
    a_student(center, entered="2024-03-01", changes=[("suspend", "2024-05-10"), ("resume", "2025-05-10")], sex="female")
    a_student(other, entered="2024-09-01", changes=[("withdraw", "2024-09-01")])
    a_student(other, entered="2023-09-01", changes=[("graduate", "2025-06-30")])
    return institution


@pytest.mark.parametrize(
    "slice_", [{}, {"center": "0101"}, {"province": "440000", "sex": "male"}, {"batch": "2024-spring"}]
)
@pytest.mark.parametrize("indicator", ["deg.stock", "deg.suspended"])
def test_a_stock_at_every_month(institution, indicator, slice_):
    expected = []
    for month in MONTHS:
        table = compute(ask(institution, month), [tuple(slice_)])
        expected.append((month, table.value(indicator, **slice_)))
    assert trend(ask(institution, MONTHS[-1]), indicator, MONTHS, slice_) == expected
    assert slice_ or any(value for _day, value in expected)


@pytest.mark.parametrize("slice_", [{}, {"center": "0102"}])
def test_a_flow_from_month_to_month(institution, slice_):
    expected = []
    for begin, end in pairwise(MONTHS):
        table = compute(ask(institution, end, begin), [tuple(slice_)])
        expected.append((end, table.value("deg.withdrawals", **slice_)))
    assert sum(value for _day, value in expected) == 2
    assert trend(ask(institution, MONTHS[-1]), "deg.withdrawals", MONTHS, slice_) == expected


def test_a_trend_within_a_scope(institution):
    center = a_center(institution)
    question = ask(institution, MONTHS[-1], scope=frozenset([center.pk]))
    assert trend(question, "deg.stock", [day("2024-05-01"), day("2024-07-01")]) == [
        (day("2024-05-01"), 2),
        (day("2024-07-01"), 0),
    ]


def test_what_has_no_trend_is_refused(institution):
    question = ask(institution, MONTHS[-1])
    for indicator, slice_ in (("deg.stock", {"age_band": "20-24"}), ("deg.moved_in", {})):
        with pytest.raises(DomainError):
            trend(question, indicator, MONTHS, slice_)
    assert trend(question, "deg.stock", []) == []
