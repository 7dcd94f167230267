"""Notice, check-in, later arrival, a kept place and its lapse (docs/rules.md §2.3)."""

import pytest

from common.dates import as_on
from common.errors import DomainError, NotAllowed
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.models import AdmissionPlace
from enrollment.services import (
    check_in,
    grant_late_arrival,
    issue_notices,
    keep_place,
    lapse_application,
    last_day_to_arrive,
    set_window,
)
from tests.applicants import a_place, an_application
from tests.builders import a_center, a_user, an_institution, day, the_system
from tests.enrollment.rules import ruled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_year_later():
    """All days of these tests have come."""
    with as_on(day("2027-06-01")):
        yield


@pytest.fixture
def center():
    center = a_center(an_institution())
    a_place(center)
    return center


def noticed(center):
    one = an_application(center, Status.ACCEPTED)
    issue_notices([one], on=day("2026-02-10"), by=the_system())
    return one


def refused(code, act, *args, **terms):
    with pytest.raises(DomainError) as refusal:
        act(*args, by=the_system(), **terms)
    assert refusal.value.code == code


def taken():
    return AdmissionPlace.objects.current().get().taken


def test_notices_are_numbered_within_the_batch_and_once(center):
    a_place(center, code="2026-autumn")
    first, second, third = (an_application(center, Status.ACCEPTED) for _ in range(3))
    autumn = an_application(center, Status.ACCEPTED, batch="2026-autumn")
    issue_notices([first], on=day("2026-02-10"), by=the_system())
    numbered = issue_notices([third, second, first, autumn], on=day("2026-02-11"), by=the_system())
    assert {one.pk: one.notice_no for one in numbered} == {
        second.pk: "20261-00002", third.pk: "20261-00003", autumn.pk: "20262-00001",
    }  # fmt: skip
    first.refresh_from_db()
    assert (first.notice_no, first.noticed_on) == ("20261-00001", day("2026-02-10"))
    refused("move_not_possible", issue_notices, [an_application(center)], on=day("2026-02-10"))


def test_a_notice_is_not_dated_ahead(center):
    refused("day_not_come", issue_notices, [an_application(center, Status.ACCEPTED)], on=day("2030-01-01"))


def test_nobody_arrives_without_a_notice(center):
    refused("notice_missing", check_in, an_application(center, Status.ACCEPTED), on=day("2026-03-01"))


def test_two_weeks_after_the_first_day_the_time_to_arrive_is_over(center):
    late, later = noticed(center), noticed(center)
    assert check_in(late, on=day("2026-03-15"), by=the_system()).status == Status.CHECKED_IN
    refused("arrived_too_late", check_in, later, on=day("2026-03-16"))
    with ruled(center.institution, "late_arrival_days", 15):
        assert check_in(later, on=day("2026-03-16"), by=the_system()).checked_in_on == day("2026-03-16")


def test_a_later_arrival_is_granted_with_a_reason(center):
    one = noticed(center)
    refused("reason_unknown", grant_late_arrival, one, until=day("2026-04-01"), reason_code="")
    refused("no_later_day", grant_late_arrival, one, until=day("2026-03-15"), reason_code="illness")
    refused("leave_too_long", grant_late_arrival, one, until=day("2026-05-01"), reason_code="illness")
    grant_late_arrival(one, until=day("2026-04-01"), reason_code="illness", by=the_system())
    refused("not_yet_due", lapse_application, one, reason_code="not_arrived", on=day("2026-04-01"))
    assert check_in(one, on=day("2026-04-01"), by=the_system()).status == Status.CHECKED_IN
    refused("move_not_possible", grant_late_arrival, one, until=day("2026-05-01"), reason_code="illness")


def test_a_place_is_kept_for_a_year_and_not_longer(center):
    one = noticed(center)
    refused("kept_too_long", keep_place, one, reason_code="illness", until=day("2027-03-02"))
    refused("date_order", keep_place, one, reason_code="illness", until=day("2026-03-01"))
    refused("reason_unknown", keep_place, one, reason_code="lazy")
    kept = keep_place(one, reason_code="military_service", by=the_system())
    assert (kept.status, kept.kept_until, last_day_to_arrive(kept), taken()) == (
        Status.PLACE_KEPT, day("2027-03-01"), day("2027-03-15"), 1,
    )  # fmt: skip
    refused("arrived_too_late", check_in, kept, on=day("2027-03-16"))
    refused("not_yet_due", lapse_application, kept, reason_code="kept_too_long", on=day("2027-03-15"))
    lapsed = lapse_application(kept, reason_code="kept_too_long", on=day("2027-03-16"), by=the_system())
    assert (lapsed.status, taken()) == (Status.LAPSED, 0)
    refused("move_not_possible", check_in, lapsed, on=day("2027-03-10"))


def test_how_long_a_place_is_kept_is_a_rule(center):
    with ruled(center.institution, "place_kept_years", 2, province_code="430000"):
        kept = keep_place(noticed(center), reason_code="military_service", by=the_system())
    assert kept.kept_until == day("2028-03-01")


def test_who_never_arrived_lapses_by_a_decision_and_gives_the_place_back(center):
    one = noticed(center)
    with as_on(day("2026-03-15")):
        refused("not_yet_due", lapse_application, one, reason_code="not_arrived")
    with as_on(day("2026-03-16")):
        refused("reason_unknown", lapse_application, one, reason_code="other")
        lapse_application(one, reason_code="not_arrived", by=the_system())
    assert taken() == 0


def test_check_in_has_its_window_but_not_for_who_was_kept_a_place(center):
    one, kept = noticed(center), noticed(center)
    kept = keep_place(kept, reason_code="illness", by=the_system())
    set_window(one.batch, "check_in", day("2026-02-20"), day("2026-03-05"), by=the_system())
    refused("window_closed", check_in, one, on=day("2026-02-19"))
    refused("window_closed", check_in, one, on=day("2026-03-05"))
    assert (last_day_to_arrive(one), last_day_to_arrive(kept)) == (day("2026-03-04"), day("2027-03-15"))
    assert check_in(one, on=day("2026-03-04"), by=the_system()).status == Status.CHECKED_IN
    assert check_in(kept, on=day("2027-02-20"), by=the_system()).status == Status.CHECKED_IN


def test_the_centre_checks_its_own_applicants_in_and_nobody_elses(center):
    rights = (
        "enrollment.check_in",
        "enrollment.keep_place",
        "enrollment.issue_notices",
        "enrollment.lapse_application",
    )
    outsider = a_user("wang", *rights, "enrollment.grant_late_arrival", at=a_center(center.institution, "0102"))
    insider = a_user("li", "enrollment.check_in", at=center)
    one = noticed(center)
    for act in (
        lambda: check_in(one, on=day("2026-03-01"), by=outsider),
        lambda: keep_place(one, reason_code="illness", by=outsider),
        lambda: issue_notices([one], on=day("2026-03-01"), by=outsider),
        lambda: lapse_application(one, reason_code="not_arrived", on=day("2027-03-01"), by=outsider),
        lambda: grant_late_arrival(one, until=day("2026-05-01"), reason_code="illness", by=outsider),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert check_in(one, on=day("2026-03-01"), by=insider).status == Status.CHECKED_IN


def test_a_day_that_has_not_come_is_no_arrival(center):
    one = noticed(center)
    with as_on(day("2026-03-02")):
        refused("day_not_come", check_in, one, on=day("2026-03-03"))
        assert check_in(one, on=day("2026-03-02"), by=the_system()).status == Status.CHECKED_IN


def test_nobody_arrives_before_the_notice(center):
    refused("before_notice", check_in, noticed(center), on=day("2025-01-05"))
