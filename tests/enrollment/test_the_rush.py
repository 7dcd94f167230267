"""The rush of `benchmarks/rush.py`, small: over HTTP everything is sold, nothing twice; and without locks it would be (R3)."""

import os
import re
import subprocess
import sys

import pytest

from tests.databases import PROJECT, with_name

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def rush(*options):
    """The exit code and what was printed, in a database of its own at the suite's server."""
    database = with_name(os.environ["TEST_DATABASE_URL"], f"rush_{os.getpid()}")
    command = [sys.executable, "-W", "ignore", "benchmarks/rush.py", "--places", "3", "--seats", "4", *options]
    done = subprocess.run(
        command, cwd=PROJECT, env=os.environ | {"TEST_DATABASE_URL": database}, capture_output=True, text=True
    )
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
