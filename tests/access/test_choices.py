"""What a field offers while one types: only what the reader may see."""

import pytest

from tests.access.matrix import EACH_ROLE, Visitor, all_is_right

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]  # hundreds of pages for each role


@EACH_ROLE
def test_a_choice_is_offered_only_to_who_may_see_it(role, world):
    all_is_right(world, role, Visitor.choosing)
