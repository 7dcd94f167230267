"""The rush of `benchmarks/rush.py`, small: over HTTP everything is sold, nothing twice; and without locks it would be (R3)."""

import re
import subprocess
import sys

import pytest

from tests.databases import PROJECT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def rush(*options):
    """The exit code and what was printed."""
    command = [sys.executable, "-W", "ignore", "benchmarks/rush.py", "--places", "3", "--seats", "4", *options]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_every_place_is_sold_and_none_twice(django_db_setup):
    code, text = rush()
    assert code == 0, text
    assert "sold 12, over 0, under 0" in text
    assert "unexpected" not in text


def test_without_locks_the_race_is_seen_to_oversell(django_db_setup):
    code, text = rush("--no-locks")
    assert code == 0, text
    assert int(re.search(r"over (\d+)", text)[1]) > 0
