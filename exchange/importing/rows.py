"""Rows on their way from the file to the records: judged, staged under seal, planned against what is stored."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from common.identifiers import IdentityNumber
from exchange.cells import WRONG
from exchange.chunks import Chunk
from exchange.issues import CODES, ERROR, Issue
from exchange.kinds import FileKind
from exchange.raw import cell_text
from exchange.types import CellType

NO_TEXTS: dict[str, str | None] = {}
CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


class Row:
    """One data row. `values` by column: None where empty, `WRONG` where the cell is in error; `codes` are all
    remarks so far as (column, code).

    A store's plan sets `outcome`, `changes` (columns that differ from what is stored) and `work`, whatever it needs to
    write the row. Its review adds what people must see first: `about` (whom the row is about), `before` (stored values that
    change), `guarded` (takes two people on a page), `page_refusals` (codes with which a page would refuse it).
    """

    __slots__ = (
        "about",
        "before",
        "changes",
        "codes",
        "guarded",
        "institution_id",
        "issues",
        "number",
        "outcome",
        "page_refusals",
        "rejected",
        "texts",
        "values",
        "work",
    )

    def __init__(self, number: int, values: dict[str, Any], texts: dict[str, str | None], *, rejected: bool = False):
        self.number = number
        self.values = values
        self.texts = texts
        self.rejected = rejected
        self.issues: list[Issue] = []
        self.codes: set[tuple[str, str]] = set()
        self.outcome = UNCHANGED
        self.changes: list[str] = []
        self.institution_id: int | None = None
        self.work: Any = None
        self.about = ""
        self.before: dict[str, Any] = {}
        self.guarded = False
        self.page_refusals: list[str] = []

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def sound(self, *columns: str) -> bool:
        """Whether none of these cells is empty or in error: only then a rule that reads them is asked."""
        values = self.values
        for column in columns:
            value = values[column]
            if value is None or value is WRONG:
                return False
        return True

    def say(self, column: str, code: str) -> None:
        text = cell_text(self.texts[column]) if column in self.texts else shown(self.values[column])
        self.issues.append(Issue(self.number, column, code, text))
        self.codes.add((column, code))
        if CODES[code].severity == ERROR:
            self.rejected = True


def shown(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, IdentityNumber):
        return value.number
    return cell_text(value) if isinstance(value, date) else str(value)


def rows_of(chunk: Chunk, reported: Iterable[str]) -> list[Row]:
    """The rows of a judged chunk; the cell's own text is kept for columns on which later rules may remark."""
    names = list(chunk.values)
    texts = _own_texts(chunk, reported)
    rejected = chunk.rejected
    rows = [
        Row(number, dict(zip(names, values, strict=True)), texts.get(index, NO_TEXTS), rejected=index in rejected)
        for index, (number, values) in enumerate(
            zip(chunk.numbers, zip(*chunk.values.values(), strict=True), strict=True)
        )
    ]
    by_number = {row.number: row for row in rows} if chunk.issues else {}
    for issue in chunk.issues:
        by_number[issue.row or 0].codes.add((issue.column or "", issue.code))
    return rows


def _own_texts(chunk: Chunk, reported: Iterable[str]) -> dict[int, dict[str, str | None]]:
    """By index of the row: cells whose text differs from what their value shows."""
    texts: dict[int, dict[str, str | None]] = defaultdict(dict)
    for name in chunk.raw.keys() & reported:
        for index, (raw, value) in enumerate(zip(chunk.raw[name], chunk.values[name], strict=True)):
            if raw != value and raw != shown(value):
                texts[index][name] = raw if isinstance(raw, str) else cell_text(raw)
    return texts


def pack(rows: Sequence[Row], plans: Sequence[list[Any] | None]) -> bytes:
    """Good rows, column by column, and what is kept of their plans if all of them can be kept."""
    columns = list(rows[0].values) if rows else []
    table = list(zip(*(row.values.values() for row in rows), strict=True))
    numbers, texts = [row.number for row in rows], [row.texts for row in rows]
    kept = [] if None in plans else [plans]
    clear = orjson.dumps([columns, numbers, texts, table, *kept], default=_plain)
    return zlib.compress(clear, 1)


def unpack(payload: bytes, kind: FileKind) -> tuple[list[Row], list[list[Any]] | None]:
    columns, numbers, texts, table, *kept = orjson.loads(zlib.decompress(payload))
    loaded = [_loaded(values, kind.by_name[name].type) for name, values in zip(columns, table, strict=True)]
    records = zip(numbers, texts, zip(*loaded, strict=True), strict=True)
    rows = [Row(number, dict(zip(columns, values, strict=True)), text) for number, text, values in records]
    return rows, kept[0] if kept else None


def _loaded(values: list[Any], cell_type: CellType) -> list[Any]:
    if type(cell_type).load is CellType.load:
        return values
    load = cell_type.load
    return [None if value is None else load(value) for value in values]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(type(value).__name__)
