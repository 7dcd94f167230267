"""Each promise that one person could once break, attacked against a started site (`python -m tests.security`)."""

import os
import subprocess
import sys

import pytest

from tests.databases import PROJECT


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_started_site_holds_against_every_attack():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.security"], cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
