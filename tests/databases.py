"""Fresh databases for the suite."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg2

PROJECT = Path(__file__).resolve().parent.parent


def with_name(url: str, name: str) -> str:
    """The same server's URL with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def migrated_template(url: str, owner_url: str) -> str:
    """Name of a database at this server that holds all migrations; made anew when a migration has changed.

    `url` signs in as the application, `owner_url` as the role that owns the tables.
    """
    name = f"template_{_state_of_migrations()}"
    connection = psycopg2.connect(owner_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname, datistemplate FROM pg_database WHERE datname LIKE 'template\\_%'")
        found = dict(cursor.fetchall())
        if not found.get(name):  # the mark is set last: without it, it is the half-made one of a killed run
            for old in found:
                cursor.execute(f"ALTER DATABASE {old} IS_TEMPLATE false")
                cursor.execute(f"DROP DATABASE {old}")
            cursor.execute(f"CREATE DATABASE {name}")
            _migrate(with_name(url, name), with_name(owner_url, name))
            cursor.execute(f"ALTER DATABASE {name} IS_TEMPLATE true")
    connection.close()
    return name


def _state_of_migrations() -> str:
    digest = hashlib.sha256(django.get_version().encode())
    for path in [PROJECT / "ceportal" / "owning.py", *sorted(PROJECT.glob("*/migrations/*"))]:
        if path.suffix in {".py", ".sql"}:
            digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(url: str, owner_url: str) -> None:
    done = subprocess.run(
        [sys.executable, str(PROJECT / "manage.py"), "migrate", "--run-syncdb", "-v0"],
        env=os.environ
        | {
            "CEPORTAL_MODE": "test",
            "TEST_DATABASE_URL": url,
            "TEST_MIGRATE_DATABASE_URL": owner_url,
            "DJANGO_SETTINGS_MODULE": "ceportal.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the migrations do not apply:\n{done.stdout}{done.stderr}")
