"""The import contracts of pyproject.toml hold, and each of them catches a planted violation."""

import shutil
import subprocess
import sys

import pytest

from tests.architecture.sources import APPS, PROJECT

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


def judge(folder):
    """Exit code and report of import-linter for the sources in a folder."""
    done = subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    for app in APPS:
        shutil.copytree(PROJECT / app, folder / app, ignore=shutil.ignore_patterns("__pycache__", "fixtures", "*.json"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold():
    code, report = judge(PROJECT)
    assert code == 0, report


@pytest.mark.parametrize(
    ("file", "planted", "contract"),
    [
        ("common/keys.py", "import people.models", "Apps know only the apps below them BROKEN"),
        ("people/models/persons.py", "import enrollment.models", "Apps know only the apps below them BROKEN"),
        ("training/apps.py", "import international.apps", "Apps know only the apps below them BROKEN"),
        (
            "enrollment/records/models/students.py",
            "import enrollment.records.services.lives",
            "imports go down: entry points, rules, data BROKEN",
        ),
        ("enrollment/utils.py", "", "every child of every container must be declared"),
        (
            "enrollment/records/services/lives.py",
            "import celery",
            "Rules and data know no REST, no filter and no queue BROKEN",
        ),
        (
            "people/models/users.py",
            "import rest_framework",
            "Rules and data know no REST, no filter and no queue BROKEN",
        ),
    ],
)
def test_a_planted_violation_is_caught(copy, file, planted, contract):
    path = copy / file
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{planted}\n")
    try:
        code, report = judge(copy)
    finally:
        path.write_text(before) if before is not None else path.unlink()
    assert code != 0
    assert contract in " ".join(report.split())
