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
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

Encode = Callable[[Any], str]


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
    encoded = (map(encode, values) for encode, values in zip(encoders, zip(*batch, strict=True), strict=True))
    return ("\t".join(line) + "\n" for line in zip(*encoded, strict=True))


def _field(model: type[models.Model], name: str) -> models.Field:
    for field in model._meta.concrete_fields:
        if name in (field.attname, field.name):
            return field
    raise LookupError(f"{model._meta.label} has no column {name}")


def _encoder(field: models.Field) -> Encode:
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.CharField | models.TextField):
        return _text
    if isinstance(target, models.BinaryField):
        return _binary
    if target.get_internal_type() == "ArrayField":
        return _array
    return _plain


def _text(value: str | None) -> str:
    return NULL if value is None else value.translate(ESCAPES)


def _plain(value: Any) -> str:
    return NULL if value is None else str(value)


def _binary(value: bytes | None) -> str:
    return NULL if value is None else r"\\x" + value.hex()


def _array(value: Sequence[str] | None) -> str:
    if value is None:
        return NULL
    quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value)
    return ("{" + ",".join(quoted) + "}").translate(ESCAPES)
