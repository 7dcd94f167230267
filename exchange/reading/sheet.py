"""From a file's bytes to its data rows (docs/files.md §2): which sheet, which header row, which rows are data."""

from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from pathlib import PurePath
from typing import NamedTuple

from exchange.issues import FileRefused, Issue
from exchange.kinds import FileKind
from exchange.raw import RawCell, cell_text, is_empty
from exchange.reading.converted import converted_sheets
from exchange.reading.dbf import DbfSheet
from exchange.reading.headers import IGNORED, Headers, header_key
from exchange.reading.table import Sheet
from exchange.reading.text import TextSheet
from exchange.reading.xlsx import Workbook, column_letters

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
MOST_HEADERS = 200
HEADER_WITHIN = 20
FOOTER_WORDS = frozenset({"合计", "总计", "小计", "total", "subtotal", "grandtotal"})
FOOTER_BEGINNINGS = ("制表人", "填表人", "审核人", "填报单位", "填报日期", "注:", "说明:")
_OTHER_CONTENT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")

Row = tuple[int, Sequence[RawCell]]


class DataRow(NamedTuple):
    """`cells` stand in the order of `ReadSheet.columns`; `extra` is the first cell beyond the header of a text file."""

    number: int
    cells: tuple[RawCell, ...]
    extra: RawCell = None


def read_file(content: bytes, filename: str, kind: FileKind) -> "ReadSheet":
    """Open a file as this kind. Raises `FileRefused`, also later while its rows are taken."""
    return sheet_of(open_sheets(content, filename, [kind]), kind)


def open_sheets(content: bytes, filename: str, kinds: Sequence[FileKind]) -> list[Sheet]:
    """The tables of a file that may be one of these kinds: their headers tell how a text file is separated."""
    if not content or content.isspace():
        raise FileRefused("file_empty")
    if len(content) > MOST_BYTES:
        raise FileRefused("file_too_large")
    extension = PurePath(filename).suffix.lower()
    if extension in (".xlsx", ".xlsm"):
        return [*Workbook(content, macros_by_name=extension == ".xlsm").sheets]
    if extension in (".xls", ".ods"):
        return [*converted_sheets(content, extension)]
    if extension not in (".csv", ".txt", ".tsv", ".dbf") or content.startswith(_OTHER_CONTENT):
        raise FileRefused("wrong_file_type")
    if extension == ".dbf":
        return [DbfSheet(content)]
    known = [Headers(kind).count_known for kind in kinds]
    return [TextSheet(content, lambda cells: max(count(cells) for count in known))]


def sheet_of(sheets: Sequence[Sheet], kind: FileKind) -> "ReadSheet":
    """The first table with a header of this kind; the others are named. Raises FileRefused."""
    opened = [ReadSheet(sheet, kind) for sheet in sheets]
    chosen = next((sheet for sheet in opened if sheet.has_header), opened[0] if opened else None)
    if chosen is None:
        raise FileRefused("header_not_found")
    chosen.checked()
    chosen.warnings += [
        Issue(None, None, "extra_sheet_ignored", sheet.sheet.name)
        for sheet in opened
        if sheet is not chosen and sheet.has_header
    ]
    return chosen


class ReadSheet:
    """The table of a file. `columns` are the known columns in the file's order; `warnings` grow while rows are taken."""

    def __init__(self, sheet: Sheet, kind: FileKind) -> None:
        self.sheet = sheet
        self.kind = kind
        self.headers = Headers(kind, field_names=sheet.header_fields)
        self.warnings: list[Issue] = []
        self._rest = sheet.rows()
        self._first: list[Row] = []
        for number, cells in self._rest:
            self._first.append((number, cells))
            if number >= HEADER_WITHIN:
                break
        within = [row for row in self._first if row[0] <= HEADER_WITHIN]
        self.header_row, header = max(within, key=lambda row: self.headers.count_known(row[1]), default=(1, []))
        self.header = [cell_text(cell) for cell in header]
        names = [self.headers[cell] for cell in header]
        self.positions: dict[str, int] = {}
        for position, name in enumerate(names):
            if name is not None:
                self.positions.setdefault(name, position)
        self._names = names

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.positions)

    @property
    def has_header(self) -> bool:
        needed = len(self.kind.required)
        return len(self.positions.keys() & set(self.kind.required)) >= (needed + 1) // 2

    def checked(self) -> "ReadSheet":
        """Refuse a header that is none; note its unknown columns."""
        if sum(text is not None for text in self.header) > MOST_HEADERS:
            raise FileRefused("too_many_columns")
        if not self.has_header:
            raise FileRefused("header_not_found")
        duplicates = [
            Issue(self.header_row, name, "duplicate_column", self.header[position])
            for position, name in enumerate(self._names)
            if name is not None and self.positions[name] != position
        ]
        missing = [
            Issue(self.header_row, name, "missing_column") for name in self.kind.required if name not in self.positions
        ]
        of_columns = self.sheet.issues(self.positions, self.kind.required)
        errors = duplicates or missing or [issue for issue in of_columns if issue.is_error]
        if errors:
            raise FileRefused(issues=errors)
        self.warnings += of_columns
        self.warnings += [
            Issue(self.header_row, None, "unknown_column", text)
            for text, name in zip(self.header, self._names, strict=True)
            if text is not None and name is None and header_key(text) not in IGNORED
        ]
        return self

    def data_rows(self) -> Iterator[DataRow]:
        """The data rows in file order; footers and repeated headers go to `warnings`. Can be taken once."""
        below = (row for row in chain(self._first, self._rest) if row[0] > self.header_row)
        width = 1 + max(position for position, text in enumerate(self.header) if text is not None)
        without_header = [position for position, text in enumerate(self.header[:width]) if text is None]
        pick = itemgetter(*self.positions.values()) if len(self.positions) > 1 else None
        only = next(iter(self.positions.values()))
        stray: set[int] = set()
        count = 0
        for number, found in below:
            cells = found if len(found) >= width else [*found, *[None] * (width - len(found))]
            known = pick(cells) if pick else (cells[only],)
            if self._is_skipped(number, cells, known):
                continue
            count += 1
            if count > MOST_ROWS:
                raise FileRefused("file_too_large")
            extra = None
            if len(cells) > width:
                beyond = [position for position in range(width, len(cells)) if not is_empty(cells[position])]
                if beyond and self.sheet.width_is_fixed:
                    extra = cells[beyond[0]]
                else:
                    stray.update(beyond)
            stray.update(position for position in without_header if not is_empty(cells[position]))
            yield DataRow(number, known, extra)
        if not count:
            raise FileRefused("no_data_rows")
        self.warnings += [
            Issue(self.header_row, None, "unknown_column", f"[{column_letters(position)}]")
            for position in sorted(stray)
        ]

    def _is_skipped(self, number: int, cells: Sequence[RawCell], known: Sequence[RawCell]) -> bool:
        first = cells[0] if not is_empty(cells[0]) else next((cell for cell in cells if not is_empty(cell)), None)
        if first is None:
            return True
        if isinstance(first, str) and not "0" <= first[:1] <= "9":
            text = cell_text(first) or ""
            compact = text.replace(" ", "").casefold()
            if compact in FOOTER_WORDS or compact.startswith(FOOTER_BEGINNINGS):
                self.warnings.append(Issue(number, None, "footer_row_skipped", text))
                return True
        if self._repeats_header(known):
            self.warnings.append(Issue(number, None, "repeated_header_row"))
            return True
        return all(map(is_empty, known))

    def _repeats_header(self, known: Sequence[RawCell]) -> bool:
        """Whether at least half of the cells are the headers of their columns; none begins with a digit."""
        headers, others = self.headers, 0
        most = len(known) // 2
        for name, cell in zip(self.positions, known, strict=True):
            if cell.__class__ is not str or "0" <= cell[:1] <= "9" or headers[cell] != name:
                others += 1
                if others > most:
                    return False
        return True
