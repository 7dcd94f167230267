"""Some years of each institution by the services alone: nothing is refused unexpectedly, and everything adds up afterwards."""

import pytest
from django.core.management import CommandError, call_command

from demo.simulating.running import simulate_years
from enrollment.models import Application, Student

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("code", ["11414", "10003", "10534"])
def test_two_years_are_sound(code):
    outcome = simulate_years(code, 2024, 2025, scale=0.06)
    assert not outcome.tally.unforeseen
    assert outcome.tally.faults + outcome.faults == []
    assert Student.objects.filter(institution=outcome.institution, application__isnull=False).count() > 10
    assert outcome.tally.done.keys() >= {
        "approve_request", "register_many", "register_year", "record_entitlement", "approve_case", "carry_out_case",
        "revoke_center", "compute_lists", "attach",
    }  # fmt: skip
    assert {code for _verb, code in outcome.tally.refusals} >= {
        "quota_exceeded", "plan_exceeded", "window_closed", "application_twice", "stale", "not_allowed", "notice_missing",
    }  # fmt: skip


def test_years_are_played_once():
    simulate_years("10003", 2025, 2025, scale=0.05)
    told = Application.objects.count()
    with pytest.raises(CommandError, match="simulated already"):
        call_command("simulate_years", "10003", "--from", "2025", "--to", "2025")
    assert Application.objects.count() == told
