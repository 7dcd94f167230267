"""Writing many rows at the speed of COPY into the live tables, with keys known beforehand.

Constraints and triggers hold as for any insert; `Model.clean()` does not run, so callers check first.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

ROWS_PER_COPY = 10_000
NULL = r"\N"
NEEDS_ESCAPE = "\\\t\n\r"
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

Values = Sequence[Any]
Encode = Callable[[Values], Sequence[str]]


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Keys from the table's sequence, for rows that point to each other before they are written."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', count]
        )
        return [key for (key,) in cursor.fetchall()]


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into the table of `model`; `columns` are attribute names (`person_id`). Returns the number of rows.

    Values are Python's (None, str, int, date, Decimal, UUID, bytes for binary columns that are already sealed, list of str).
    """
    fields = [_field(model, column) for column in columns]
    names = ", ".join(f'"{field.column}"' for field in fields)
    statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
    encoders = [_encoder(field) for field in fields]
    written, source = 0, iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(source, ROWS_PER_COPY)):
            cursor.copy_expert(statement, io.StringIO("".join(_lines(batch, encoders))))
            written += len(batch)
    return written


def _lines(batch: list[Sequence[Any]], encoders: list[Encode]) -> Iterator[str]:
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
