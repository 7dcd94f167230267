"""What an institution says of itself, added and compared (worked example 13)."""

from decimal import Decimal

import pytest

from common.errors import DomainError
from reporting.models import PublishedFigure, Qualifier
from reporting.reports.published import Bound, together


def claims(*spoken):
    return [PublishedFigure(value=Decimal(value), qualifier=qualifier) for value, qualifier in spoken]


@pytest.mark.parametrize(
    ("spoken", "whole"),
    [
        ([(20, "eq"), (9, "eq"), (50, "gt")], (79, "gt")),
        ([(1331, "eq"), (2000, "gt"), (2000, "gt")], (5331, "gt")),
        ([(2333, "eq"), (383, "eq"), (1149, "eq")], (3865, "eq")),
        ([(1, "ge"), (1, "eq")], (2, "ge")),
        ([(1, "ge"), (1, "gt")], (2, "gt")),
        ([(60, "approx"), (1, "gt")], (61, "approx")),
        ([(5, "lt"), (1, "eq")], (6, "lt")),
    ],
)
def test_a_sum_is_as_sure_as_its_parts(spoken, whole):
    assert together(claims(*spoken)) == Bound(Decimal(whole[0]), Qualifier(whole[1]))


@pytest.mark.parametrize("spoken", [[], [(1, "gt"), (1, "lt")]])
def test_what_gives_no_bound_does_not_add_up(spoken):
    with pytest.raises(DomainError):
        together(claims(*spoken))


@pytest.mark.parametrize(
    ("qualifier", "value", "holds"),
    [
        ("eq", 100, True), ("eq", 101, False), ("gt", 100, False), ("gt", 101, True), ("ge", 100, True), ("ge", 99, False),
        ("approx", 95, True), ("approx", 80, False), ("lt", 99, True), ("lt", 100, False),
    ],
)  # fmt: skip
def test_a_live_figure_bears_out_a_claim_or_not(qualifier, value, holds):
    (claim,) = claims((100, qualifier))
    assert claim.holds(value) is holds
