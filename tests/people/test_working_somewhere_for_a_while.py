"""A membership gives its rights on the days that it names, `[begin, end)`, and on no other."""

import pytest

from common.access import can
from common.dates import as_on
from people.models import Membership, User
from tests.builders import a_user, an_institution, day

pytestmark = pytest.mark.django_db
TODAY, VERB = day("2026-11-21"), "people.view_persons"


@pytest.mark.parametrize(
    ("begin", "end", "holds"),
    [
        ("2026-11-21", None, True),
        ("2026-11-22", None, False),
        ("2026-01-01", "2026-11-21", False),
        ("2026-01-01", "2026-11-22", True),
        ("2026-11-21", "2026-11-21", False),
    ],
)
def test_a_membership_holds_on_its_days(begin, end, holds):
    user = a_user("guest", VERB, at=an_institution())
    Membership.objects.filter(user=user).update(begin=day(begin), end=end and day(end))
    with as_on(TODAY):
        user = User.objects.get(pk=user.pk)
        assert (can(user, VERB), can(user, VERB, an_institution()), len(user.reaches)) == (holds, holds, int(holds))
