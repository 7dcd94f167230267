"""What a test does as the owner of the tables, whom no trigger holds: in the test's own transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

AS_OWNER = ("SET LOCAL ROLE NONE", "SET LOCAL session_replication_role = replica")
CHECKED = ("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")
AS_BEFORE = ("RESET session_replication_role", "RESET ROLE")


@contextmanager
def owner() -> Iterator[Any]:
    """A cursor of the owner; what the transaction has still to check is checked before."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (*CHECKED, *AS_OWNER):
            cursor.execute(statement)
        yield cursor
        for statement in AS_BEFORE:
            cursor.execute(statement)


def tamper(statement: str, *values: Any) -> None:
    """As somebody would who owns the database."""
    with owner() as cursor:
        cursor.execute(statement, values)
