"""A database of an earlier version is brought up to date, and every figure in it is still what the records give."""

import json
import lzma
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest
from django.conf import settings
from psycopg2 import sql

from tests.databases import PROJECT, with_name

KEPT = Path(__file__).parent / "kept"
NAME = f"kept_{os.getpid()}"
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def owner(name: str):
    connection = psycopg2.connect(with_name(settings.MIGRATE_DATABASE_URL, name))
    connection.autocommit = True
    return connection


def manage(*arguments: str, passes: bool = True) -> str:
    urls = {"DATABASE_URL": settings.DATABASE_URL, "MIGRATE_DATABASE_URL": settings.MIGRATE_DATABASE_URL}
    environment = {"CEPORTAL_MODE": "test", "DJANGO_SETTINGS_MODULE": "ceportal.settings", "LOG_LEVEL": "ERROR"}
    environment |= {f"TEST_{name}": with_name(url, NAME) for name, url in urls.items()}
    environment |= tomllib.loads((KEPT / "keys.toml").read_text())
    command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is passes, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def kept():
    """The database as an operator finds it after `migrate`."""
    server = owner("postgres")
    role = unquote(urlsplit(settings.DATABASE_URL).username)
    with server.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(NAME), sql.Identifier(role)))
    restored = owner(NAME)
    with restored.cursor() as cursor:
        cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))  # it owned all tables then
        cursor.execute(lzma.decompress((KEPT / "0ea5318.sql.xz").read_bytes()).decode())
    restored.close()
    manage("migrate", "-v0")
    yield
    with server.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(NAME)))
    server.close()


def test_every_stored_run_is_what_the_records_give(kept, tmp_path):
    manage("verify_runs", "--json", str(tmp_path / "out.json"))
    assert json.loads((tmp_path / "out.json").read_bytes()) == {"compared": 39, "equal": 39, "different": []}


def test_a_period_that_is_not_what_it_was_is_told(kept):
    database = owner(NAME)
    with database.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE enrollment_studentperiod SET state = 'suspended' WHERE id = (SELECT min(id) FROM enrollment_studentperiod"
            " WHERE state = 'active' AND superseded_in_id IS NULL AND \"end\" IS NULL)"
        )
    database.close()
    found = json.loads(manage("verify_runs", passes=False))
    assert found["compared"] == 39 > found["equal"] > 0
    assert len(found["different"]) == 39 - found["equal"]
