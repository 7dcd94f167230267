import pytest

from common.dates import as_on
from learning_centers.services.filings import tell_of_lapsing_filings
from people.models import Notice
from tests.builders import a_center, a_user, an_institution, day

pytestmark = pytest.mark.django_db


def test_registrar_and_centre_are_told_three_times_and_each_time_once():
    home = an_institution()
    center = a_center(home, filed=("2020-01-01", "2027-01-01"))
    sister = a_center(home, "0102", filed=("2020-01-01", "2040-01-01"))
    for name, right, place in (
        ("registrar", "learning_centers.file_center", home),
        ("coordinator", "portal.enter", center),
        ("outsider", "portal.enter", sister),
        ("reader", "learning_centers.view_centers", home),
    ):
        a_user(name, right, at=place)
    told = {}
    for date in ("2026-10-01", "2026-10-04", "2026-10-05", "2026-12-01", "2026-12-02", "2026-12-30", "2027-01-02"):
        with as_on(day(date)):
            told[date] = tell_of_lapsing_filings(home)
    assert [date for date, count in told.items() if count] == ["2026-10-04", "2026-12-02", "2026-12-30"]
    assert {one.user.username for one in Notice.objects.select_related("user")} == {"coordinator", "registrar"}
    assert {one.terms["on"] for one in Notice.objects.all()} == {"2026-12-31"}
