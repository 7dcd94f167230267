"""dBASE tables as registry tools write them: GB18030 text, deleted records skipped (docs/files.md §2.5).

Fields are read by their type in dBASE III to V, FoxPro and dBASE 7. What a type that is not read holds is never taken as
text: where a column of the kind has such a type, the file is refused and the field named.
"""

import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from exchange.issues import FileRefused, Issue
from exchange.raw import RawCell, as_shown, day_of
from exchange.reading.table import Sheet

FOXPRO = frozenset({0x30, 0x31, 0x32})
DBASE_7 = frozenset({0x04, 0x8C})
VERSIONS = FOXPRO | DBASE_7 | {0x03, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5, 0xFB}
_DELETED, _LIVING, _END = 0x2A, 0x20, 0x1A
_HEADER_END = 0x0D
_HIDDEN, _MAY_BE_NULL = 0x01, 0x02
_YES = {"T": "TRUE", "Y": "TRUE", "F": "FALSE", "N": "FALSE"}
_DAY_ZERO = 1721425
"""The Julian day before 1 January of the year 1."""

Reader = Callable[[bytes], RawCell]


class Field(NamedTuple):
    """`null` and `short`: the bits of a record's flags that say that this field holds nothing, or tells its own length."""

    name: str
    type: str
    start: int
    end: int
    is_hidden: bool = False
    null: int | None = None
    short: int | None = None


class Layout(NamedTuple):
    """Where a descriptor of a field holds its name, type, length and flags."""

    first: int
    size: int
    name: int
    type: int
    length: int
    flags: int


COMMON = Layout(first=32, size=32, name=11, type=11, length=16, flags=18)
SEVEN = Layout(first=68, size=48, name=32, type=32, length=33, flags=0)


class DbfSheet(Sheet):
    """The one table of the file."""

    header_fields = True

    def __init__(self, content: bytes) -> None:
        if content[0] not in VERSIONS:
            raise FileRefused("wrong_file_type")
        if len(content) < 33:
            raise FileRefused("file_unreadable")
        self.content = content
        self.counted, self.first, self.length = struct.unpack_from("<IHH", content, 4)
        self.version, self.fields = _described(content, self.first, self.length)
        self.readers = [_reader(field, self.version) for field in self.fields]
        self.records = self.expected_rows = self._count_records()
        self.flags = next((field for field in self.fields if field.type == "0"), None)

    def _count_records(self) -> int:
        """As many as the file holds, whatever its header says; a file that ends before its end mark was cut off."""
        position, count = self.first, 0
        while position + self.length <= len(self.content) and self._begins_record(position, count):
            position += self.length
            count += 1
        if count < self.counted and self.content[position : position + 1] != bytes([_END]):
            raise FileRefused("file_unreadable")
        return count

    def _begins_record(self, position: int, before: int) -> bool:
        first = self.content[position]
        return first in (_LIVING, _DELETED) or (before < self.counted and first != _END)

    def rows(self) -> Iterator[tuple[int, list[RawCell]]]:
        """The field names as row 1, then the records; deleted ones keep their number but are not given."""
        yield 1, [None if field.is_hidden else field.name for field in self.fields]
        for number, record in enumerate(self._records(), start=2):
            if record[0] != _DELETED:
                yield number, self._cells(record)

    def _records(self) -> Iterator[bytes]:
        for start in range(self.first, self.first + self.records * self.length, self.length):
            yield self.content[start : start + self.length]

    def _cells(self, record: bytes) -> list[RawCell]:
        flags = int.from_bytes(record[self.flags.start : self.flags.end], "little") if self.flags else 0
        return [
            read(_own(field, record[field.start : field.end], flags)) if read else None
            for field, read in zip(self.fields, self.readers, strict=True)
        ]

    def issues(self, positions: Mapping[str, int], required: Collection[str]) -> list[Issue]:
        found = []
        if self.records != self.counted:
            found.append(Issue(None, None, "record_count_differs", f"{self.counted} / {self.records}"))
        for column, position in positions.items():
            field = self.fields[position]
            if self.readers[position] is not None:
                continue
            if field.type != "M":
                found.append(Issue(1, column, "field_type_unread", f"{field.name} {field.type}"))
            elif any(_points_to_text(record[field.start : field.end]) for record in self._records()):
                found.append(Issue(1, column, "columns_unread", field.name, of_required=column in required))
        return found


def _described(content: bytes, first: int, length: int) -> tuple[int, list[Field]]:
    """The version and the fields; some programs write the version of dBASE 7 over the header of dBASE IV."""
    if content[0] in DBASE_7:
        fields = _fields(content, first, SEVEN, foxpro=False)
        if fields and fields[-1].end == length:
            return content[0], fields
    version = 0x03 if content[0] in DBASE_7 else content[0]
    fields = _fields(content, first, COMMON, foxpro=version in FOXPRO)
    if not fields or fields[-1].end > length or len(content) < first:
        raise FileRefused("file_unreadable")
    return version, fields


def _fields(content: bytes, first: int, layout: Layout, *, foxpro: bool) -> list[Field]:
    fields: list[Field] = []
    start, bit = 1, 0
    for offset in range(layout.first, min(first, len(content)) - layout.size + 1, layout.size):
        if content[offset] == _HEADER_END:
            break
        name = content[offset : offset + layout.name].split(b"\0")[0].decode("gb18030", "replace")
        kind, length = chr(content[offset + layout.type]), content[offset + layout.length]
        if kind == "C":
            length += content[offset + layout.length + 1] << 8
        flags = content[offset + layout.flags] if foxpro else 0
        short = null = None
        if foxpro and kind in "VQ":
            short, bit = bit, bit + 1
        if flags & _MAY_BE_NULL:
            null, bit = bit, bit + 1
        fields.append(Field(name, kind, start, start + length, bool(flags & _HIDDEN) or kind == "0", null, short))
        start += length
    return fields


def _points_to_text(cell: bytes) -> bool:
    """Whether a memo has a text: its block in the memo file is a binary number of four bytes, or one in digits."""
    return any(cell) if len(cell) == 4 else bool(cell.strip(b"\0 0"))


def _own(field: Field, cell: bytes, flags: int) -> bytes:
    """What a field holds of its bytes: nothing where a record says so, and of a text of varying length as much as it says."""
    if field.null is not None and flags >> field.null & 1:
        return b""
    if field.short is not None and flags >> field.short & 1:
        return cell[: cell[-1]]
    return cell


def _reader(field: Field, version: int) -> Reader | None:
    """Raises FileRefused for a field whose type and length do not fit."""
    own = _OF_FOXPRO if version in FOXPRO else _OF_DBASE_7 if version in DBASE_7 else {}
    if field.type in own and field.end - field.start != _LENGTHS.get(field.type, field.end - field.start):
        raise FileRefused("file_unreadable")
    return own.get(field.type) or _OF_ALL.get(field.type)


def _text(cell: bytes) -> RawCell:
    return cell.decode("gb18030", "replace").rstrip("\0 ") or None


def _logical(cell: bytes) -> RawCell:
    return _YES.get(cell.decode("ascii", "replace").strip().upper())


def _date(cell: bytes) -> RawCell:
    text = cell.decode("ascii", "replace").strip("\0 ")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 and text.isdigit() else text or None
    except ValueError:
        return text


def _integer(cell: bytes) -> RawCell:
    return float(int.from_bytes(cell, "little", signed=True)) if cell else None


def _double(cell: bytes) -> RawCell:
    return as_shown(struct.unpack("<d", cell)[0]) if cell else None


def _currency(cell: bytes) -> RawCell:
    return int.from_bytes(cell, "little", signed=True) / 10_000 if cell else None


def _moment(cell: bytes) -> RawCell:
    """A Julian day and the milliseconds of that day."""
    if not cell.strip(b"\0 "):
        return None
    day, milliseconds = struct.unpack("<II", cell)
    try:
        return day_of(datetime(1, 1, 1) + timedelta(days=day - _DAY_ZERO - 1, milliseconds=milliseconds))  # noqa: DTZ001
    except (OverflowError, ValueError):
        return f"{day} {milliseconds}"


def _turned_integer(cell: bytes) -> RawCell:
    """dBASE 7 turns the sign bit over, so that numbers sort as bytes; all zeros are an empty field."""
    return float(int.from_bytes(cell, "big") - (1 << 31)) if any(cell) else None


def _turned_double(cell: bytes) -> RawCell:
    if not any(cell):
        return None
    bits = int.from_bytes(cell, "big")
    bits = bits ^ (1 << 63) if bits >> 63 else bits ^ ((1 << 64) - 1)
    return as_shown(struct.unpack(">d", bits.to_bytes(8, "big"))[0])


_OF_ALL: dict[str, Reader] = {"C": _text, "N": _text, "F": _text, "D": _date, "L": _logical}
_OF_FOXPRO: dict[str, Reader] = {"I": _integer, "B": _double, "Y": _currency, "T": _moment, "V": _text}
_LENGTHS = {"I": 4, "B": 8, "Y": 8, "T": 8, "+": 4, "O": 8}
_OF_DBASE_7: dict[str, Reader] = {"I": _turned_integer, "+": _turned_integer, "O": _turned_double}
