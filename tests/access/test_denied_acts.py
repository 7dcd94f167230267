"""Whatever is done by those who may not: it is refused and changes nothing."""

import pytest

from tests.access.matrix import ROLES, Visitor, all_is_right

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]  # hundreds of pages for each role


@pytest.mark.parametrize("role", ROLES)
def test_a_denied_act_changes_nothing(role, world):
    all_is_right(world, role, Visitor.acting)
