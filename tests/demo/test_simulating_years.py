"""Some years of each institution by the services alone: nothing is refused unexpectedly, and everything adds up afterwards."""

import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from ceportal.stores.state import PROJECT
from demo.simulating import running
from demo.simulating.running import simulate_years
from demo.simulating.verifying import Check
from enrollment.models import Application, Student, StudentEntry

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["11414", "10003", "10534"])
def test_two_years_are_sound(code):
    outcome = simulate_years(code, 2024, 2025, scale=0.06)
    assert not outcome.tally.unforeseen
    assert outcome.faults == []
    students = Student.objects.filter(institution=outcome.institution)
    assert students.count() == students.filter(application__isnull=False).count() > 10
    assert StudentEntry.objects.filter(student__in=students, kind="transfer_in").exists()
    assert outcome.tally.done.keys() >= {
        "approve_request", "register_many", "register_year", "record_entitlement", "approve_case", "carry_out_case",
        "revoke_center", "compute_lists", "attach",
    }  # fmt: skip
    assert {code for _verb, code in outcome.tally.refusals} >= {
        "quota_exceeded", "plan_exceeded", "window_closed", "application_twice", "stale", "not_allowed", "notice_missing",
        "transfer_evidence_missing",
    }  # fmt: skip


@pytest.mark.django_db
def test_years_are_played_once():
    simulate_years("10003", 2025, 2025, scale=0.05)
    told = Application.objects.count()
    with pytest.raises(CommandError, match="simulated already"):
        call_command("play_years", "10003", "--from", "2025", "--to", "2025")
    assert Application.objects.count() == told


@pytest.mark.django_db
def test_a_fault_ends_the_command_with_one(monkeypatch, capsys):
    monkeypatch.setattr(running, "verify", lambda *_terms: [Check("a law", "2 places", ["one place too many"])])
    with pytest.raises(SystemExit) as end:
        call_command("play_years", "10003", "--from", "2025", "--to", "2025", "--scale", "0.02")
    assert end.value.code == 1
    told = capsys.readouterr().out
    assert "1 FAULTS" in told
    assert "one place too many" in told
    assert told.rstrip().split(": ")[-1].startswith("FAULTS")


def simulated(folder, *arguments):
    """The command as a newcomer types it, in a checkout whose stores never ran."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TEST_", "CEPORTAL_"))}
    return subprocess.run(
        [sys.executable, "manage.py", "simulate_years", *arguments],
        cwd=PROJECT,
        env=environment | {"CEPORTAL_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "ceportal.settings"},
        capture_output=True,
        text=True,
    )


def test_without_a_demo_it_brings_a_database_and_takes_it_away(tmp_path):
    done = simulated(tmp_path, "10003", "--from", "2025", "--to", "2025", "--scale", "0.02")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10003 Tsinghua University: sound" in done.stdout
    assert not list((tmp_path / "simulations").iterdir())


@pytest.mark.parametrize("wrong", [("99999", "--from", "2025"), ("10003", "--from", "2027")])
def test_what_cannot_be_simulated_starts_nothing(tmp_path, wrong):
    done = simulated(tmp_path, *wrong, "--to", "2026")
    assert done.returncode == 3
    assert not (tmp_path / "simulations").exists()
