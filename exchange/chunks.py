"""A chunk of data rows, column by column, and the rules that look at rows (docs/files.md §6)."""

from collections.abc import Iterator, Sequence
from typing import Any

from exchange.cells import WRONG, ColumnCells, Flawed
from exchange.issues import CODES, ERROR, Issue
from exchange.kinds import FileKind, FileRule, RequiredIf, RowRule
from exchange.raw import RawCell, cell_text
from exchange.reading.sheet import DataRow, ReadSheet
from exchange.types import Context

CHUNK_ROWS = 2_000


class Chunk:
    """`values[column][i]` is the judged value of row `numbers[i]`: None where empty, `WRONG` where the cell is in
    error. `raw` holds the cells as sent. A column that the file does not have is empty in every row."""

    def __init__(self, kind: FileKind, columns: Sequence[str], rows: Sequence[DataRow]) -> None:
        self.kind = kind
        self.numbers = [row.number for row in rows]
        self.issues: list[Issue] = []
        self.rejected: set[int] = set()
        cells: Sequence[tuple[RawCell, ...]] = list(zip(*(row.cells for row in rows), strict=True))
        self.raw = dict(zip(columns, cells, strict=True))
        nothing = [None] * len(rows)
        self.values: dict[str, list[Any]] = {name: nothing.copy() for name in kind.by_name if name not in self.raw}

    def __len__(self) -> int:
        return len(self.numbers)

    def say(self, index: int, column: str | None, code: str) -> None:
        """Remark on a cell of row `index`; an error rejects the row."""
        raw = self.raw.get(column, ())[index : index + 1] if column else ()
        value = None if code == "formula_no_value" or not raw else cell_text(raw[0])
        self.issues.append(Issue(self.numbers[index], column, code, value))
        if CODES[code].severity == ERROR:
            self.rejected.add(index)

    def refuse_cell(self, index: int, column: str, code: str) -> None:
        self.values[column][index] = WRONG
        self.say(index, column, code)

    def rows_of(self, *columns: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Index and values of the rows in which none of these columns is wrong or empty."""
        for index, values in enumerate(zip(*(self.values[column] for column in columns), strict=True)):
            if None not in values and WRONG not in values:
                yield index, values


class Judge:
    """Judges the chunks of one file in order: cells, refinements, row rules, rules over the rows of the file."""

    def __init__(self, kind: FileKind, context: Context) -> None:
        self.kind = kind
        self.context = context
        self.cells = {column.name: ColumnCells(column, context) for column in kind.columns}
        self.file_rules: list[FileRule] = [*kind.file_rules()]

    def judge(self, columns: Sequence[str], rows: Sequence[DataRow]) -> Chunk:
        whole = [row for row in rows if row.extra is None]
        chunk = Chunk(self.kind, columns, whole)
        for name in columns:
            self._read_column(chunk, name)
        for refine in self.kind.refinements:
            refine(chunk, self.context)
        for rule in self.kind.row_rules:
            _apply(rule, chunk)
        for file_rule in self.file_rules:
            file_rule.check(chunk)
        return chunk

    def _read_column(self, chunk: Chunk, name: str) -> None:
        values = list(map(self.cells[name].__getitem__, chunk.raw[name]))
        chunk.values[name] = values
        if Flawed not in set(map(type, values)):
            return
        for index, value in enumerate(values):
            if value.__class__ is Flawed:
                values[index] = value.value
                for code in value.codes:
                    chunk.say(index, name, code)


def _apply(rule: RowRule | RequiredIf, chunk: Chunk) -> None:
    if isinstance(rule, RowRule):
        broken = rule.broken
        for index, values in chunk.rows_of(*rule.reads):
            if broken(*values):
                chunk.say(index, rule.column, rule.code)
        return
    column = chunk.values[rule.column]
    for index, values in chunk.rows_of(*rule.reads):
        if column[index] is None and rule.needed(*values):
            chunk.say(index, rule.column, rule.code)


class DuplicateKeys(FileRule):
    """No two rows of a file have the same key (docs/files.md §6.3)."""

    def __init__(self, key: Sequence[str], column: str) -> None:
        self.key = key
        self.column = column
        self.seen: set[tuple[Any, ...]] = set()

    def check(self, chunk: Chunk) -> None:
        for index, key in chunk.rows_of(*self.key):
            if key in self.seen:
                chunk.say(index, self.column, "duplicate_in_file")
            else:
                self.seen.add(key)


def extra_cell_issues(rows: Sequence[DataRow]) -> list[Issue]:
    return [Issue(row.number, None, "extra_cells", cell_text(row.extra)) for row in rows if row.extra is not None]


def chunked(sheet: ReadSheet, size: int = CHUNK_ROWS) -> Iterator[list[DataRow]]:
    rows: list[DataRow] = []
    for row in sheet.data_rows():
        rows.append(row)
        if len(rows) == size:
            yield rows
            rows = []
    if rows:
        yield rows
