"""Whatever is read by whomever: what the table of rights says, and nothing leaks."""

import pytest

from tests.access.matrix import EACH_ROLE, Visitor, all_is_right

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]  # hundreds of pages for each role


@EACH_ROLE
def test_reading(role, world):
    all_is_right(world, role, Visitor.reading)
