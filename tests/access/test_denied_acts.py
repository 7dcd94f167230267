"""Whatever is done by those who may not: it is refused and changes nothing."""

import pytest

from tests.access.matrix import EACH_ROLE, Visitor, all_is_right

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(400)]  # hundreds of pages for each role


@EACH_ROLE
def test_a_denied_act_changes_nothing(role, world):
    all_is_right(world, role, Visitor.acting)
