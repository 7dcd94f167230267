"""Values that are stored already are sealed anew by a migration: bound to their rows, not to their column alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import migrations

from common.crypto import decrypt, encryptor

ROWS_AT_ONCE = 2_000
FILES_AT_ONCE = 20
Change = Callable[[bytes, int, int], bytes]


class SealedColumn(NamedTuple):
    """Where sealed values stand. `label` is `app.model.field`, `owner` the column that they are bound to beside the row's key."""

    label: str
    owner: str = "institution_id"
    at_once: int = ROWS_AT_ONCE

    @property
    def table(self) -> str:
        return "_".join(self.label.split(".")[:2])

    @property
    def name(self) -> str:
        return self.label.rsplit(".", 1)[1]


def bind_to_rows(*columns: SealedColumn) -> migrations.RunPython:
    """A step of a migration that binds what these columns hold to its rows, and back."""
    return migrations.RunPython(_each(columns, _bound), _each(columns, _unbound))


def _each(columns: tuple[SealedColumn, ...], change: Callable[[str], Change]) -> Callable[[Any, Any], None]:
    def run(_apps: Any, schema_editor: Any) -> None:
        for column in columns:
            with schema_editor.connection.cursor() as cursor, without_triggers(cursor, column.table):
                rewrite(cursor, column, change(column.label))

    return run


def _bound(label: str) -> Change:
    seal = encryptor(label)
    return lambda sealed, *place: seal(decrypt(label, sealed), *place)


def _unbound(label: str) -> Change:
    seal = encryptor(label)
    return lambda sealed, *place: seal(decrypt(label, sealed, *place))


@contextmanager
def without_triggers(cursor: Any, table: str) -> Iterator[None]:
    """History that cannot be changed is sealed anew all the same: what it says stays. Only the owner of the table may."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # with checks that wait no table can be altered
    cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    yield
    cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def rewrite(cursor: Any, column: SealedColumn, change: Change) -> None:
    """Put `change(stored, owner, key)` in place of every stored value, some rows at a time."""
    table, name, last = column.table, column.name, 0
    while True:
        cursor.execute(
            f'SELECT id, "{column.owner}", "{name}" FROM "{table}" WHERE id > %s AND "{name}" IS NOT NULL'
            " ORDER BY id LIMIT %s",
            [last, column.at_once],
        )
        rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        changed = [change(bytes(stored), owner, key) for key, owner, stored in rows]
        cursor.execute(
            f'UPDATE "{table}" SET "{name}" = changed.value FROM unnest(%s::bigint[], %s::bytea[]) AS changed (key, value)'
            " WHERE id = changed.key",
            [[key for key, *_rest in rows], changed],
        )
