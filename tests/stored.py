"""What the database itself holds, as somebody who reads its files would see it."""

from typing import Any

from django.db import connection


def stored(row: Any, column: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{row._meta.db_table}" WHERE id = %s', [row.pk])
        return bytes(cursor.fetchone()[0])
