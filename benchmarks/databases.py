"""Copies of a prepared database, so that the work and its limit both begin in the same state."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

import psycopg2  # noqa: E402 -- after the settings are chosen
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from ceportal.owning import as_owner  # noqa: E402


@contextmanager
def prepared() -> Iterator[None]:
    """A migrated, empty database of its own at the suite's server, in the hands of the role that owns its tables."""
    with as_owner():
        old = setup_databases(0, interactive=False)
        try:
            yield
        finally:
            teardown_databases(old, 0)


def _server(statement: str) -> None:
    terms = connection.get_connection_params()
    server = psycopg2.connect(**terms | {"dbname": "postgres"})
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(statement)
    server.close()


@contextmanager
def copy_of_it(name: str) -> Iterator[None]:
    """The default connection on a copy of the prepared database, which is dropped afterwards."""
    original = settings.DATABASES["default"]["NAME"]
    copy = f"{original}_{name}"
    connection.close()
    _server(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
    connection.settings_dict["NAME"] = copy
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
        _server(f'DROP DATABASE "{copy}"')
