"""Numbers of a pattern have one length, and no two serials make one number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.patterns import NumberPattern

FIELDS = {"year": 4, "center": 0}
PATTERN = NumberPattern.read("A{year}{center:03}{serial:04}", FIELDS, most=15)


@given(st.text("0123456789AB", max_size=6), st.integers(1, 9999), st.integers(1, 9999))
def test_numbers_are_of_one_length_and_differ_with_their_serial(center, first, second):
    prefix = PATTERN.prefix({"year": "2026", "center": center})
    one, two = PATTERN.number(prefix, first), PATTERN.number(prefix, second)
    assert len(one) == len(two) == PATTERN.length == 12
    assert (one == two) == (first == second)
    assert one.startswith("A2026")


def test_a_field_is_filled_and_cut_on_the_left():
    assert PATTERN.prefix({"year": "2026", "center": "7"}) == "A2026007"
    assert PATTERN.prefix({"year": "2026", "center": "0101"}) == "A2026101"
    assert (PATTERN.serial_width, PATTERN.last) == (4, 9999)


@pytest.mark.parametrize(
    "text", ["{center}{serial:04}", "{year}", "{serial:02}", "{serial:04}A", "{who:03}{serial:04}"]
)
def test_what_is_no_pattern_is_refused(text):
    with pytest.raises(ValueError):
        NumberPattern.read(text, FIELDS, most=15)
