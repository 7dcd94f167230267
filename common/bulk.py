"""Writing many rows at the speed of COPY into the live tables, with keys known beforehand.

Constraints and triggers hold as for any insert; `Model.clean()` does not run, so callers check first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

ROWS_AT_ONCE = 1_000
NULL = r"\N"
NEEDS_ESCAPE = "\\\t\n\r"
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

Values = Sequence[Any]
Encode = Callable[[Values], Sequence[str]]


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Keys from the table's sequence, for rows that point to each other before they are written."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', count]
        )
        return [key for (key,) in cursor.fetchall()]


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into the table of `model`; `columns` are attribute names (`person_id`). Returns the number of rows.

    Values are Python's (None, str, int, date, Decimal, UUID, bytes for binary columns that are already sealed, list of str).
    Rows are taken and encoded while the server stores earlier ones, so their source must not ask the database.
    Raises Django's database errors, IntegrityError for one.
    """
    fields = [_field(model, column) for column in columns]
    names = ", ".join(f'"{field.column}"' for field in fields)
    statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
    feed = _Feed(rows, [_encoder(field) for field in fields])
    if feed.has_rows():
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(statement, feed)
    return feed.written


class _Feed:
    """A file for COPY to read from: each reading encodes the next rows."""

    def __init__(self, rows: Iterable[Values], encoders: list[Encode]) -> None:
        self.source = iter(rows)
        self.encoders = encoders
        self.written = 0
        self.waiting: list[Values] = []

    def has_rows(self) -> bool:
        self.waiting = list(islice(self.source, ROWS_AT_ONCE))
        return bool(self.waiting)

    def read(self, _size: int = -1) -> str:
        rows = self.waiting
        if not rows:
            return ""
        text = "".join(_lines(rows, self.encoders))
        self.written += len(rows)
        self.has_rows()
        return text


def _lines(batch: Sequence[Values], encoders: list[Encode]) -> Iterator[str]:
    """Column by column, since most columns need nothing but the interpreter's own fast paths."""
    columns = [encode(values) for encode, values in zip(encoders, zip(*batch, strict=True), strict=True)]
    return ("\t".join(line) + "\n" for line in zip(*columns, strict=True))


def _field(model: type[models.Model], name: str) -> models.Field:
    for field in model._meta.concrete_fields:
        if name in (field.attname, field.name):
            return field
    raise LookupError(f"{model._meta.label} has no column {name}")


def _encoder(field: models.Field) -> Encode:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.CharField | models.TextField):
        return _text
    if isinstance(target, models.BinaryField):
        return _binary
    if target.get_internal_type() == "ArrayField":
        return _array
    return _plain


def _text(values: Values) -> Sequence[str]:
    if None in values:
        return [NULL if value is None else value.translate(ESCAPES) for value in values]
    joined = "".join(values)
    if any(character in joined for character in NEEDS_ESCAPE):
        return [value.translate(ESCAPES) for value in values]
    return values


def _plain(values: Values) -> Sequence[str]:
    if values.count(values[0]) == len(values) and values[0] is not None:
        return [str(values[0])] * len(values)
    if None in values:
        return [NULL if value is None else str(value) for value in values]
    return list(map(str, values))


def _binary(values: Values) -> Sequence[str]:
    return [NULL if value is None else r"\\x" + value.hex() for value in values]


def _array(values: Values) -> Sequence[str]:
    return [NULL if value is None else _array_literal(value).translate(ESCAPES) for value in values]


def _array_literal(items: Sequence[str]) -> str:
    quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items)
    return "{" + ",".join(quoted) + "}"
