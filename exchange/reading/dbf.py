"""dBASE tables as registry tools write them: GB18030 text, deleted records skipped (samples README §2.5)."""

import struct
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from exchange.issues import FileRefused
from exchange.raw import RawCell

VERSIONS = frozenset({0x02, 0x03, 0x04, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8C, 0xCB, 0xF5, 0xFB})
_DELETED = 0x2A


class Field(NamedTuple):
    name: str
    type: str
    start: int
    end: int


class DbfSheet:
    """The one table of the file; `header_fields`: its headers are field names of at most ten characters."""

    name: str | None = None
    date1904 = False
    width_is_fixed = False
    header_fields = True

    def __init__(self, content: bytes) -> None:
        if content[0] not in VERSIONS:
            raise FileRefused("wrong_file_type")
        if len(content) < 33:
            raise FileRefused("file_unreadable")
        self.content = content
        self.records, self.first, self.length = struct.unpack_from("<IHH", content, 4)
        self.fields = _fields(content, self.first)
        self.expected_rows = self.records
        needed = self.first + self.records * self.length
        if not self.fields or self.fields[-1].end > self.length or len(content) < needed:
            raise FileRefused("file_unreadable")

    def rows(self) -> Iterator[tuple[int, list[RawCell]]]:
        """The field names as row 1, then the records; deleted ones keep their number but are not given."""
        yield 1, [field.name for field in self.fields]
        for number in range(self.records):
            start = self.first + number * self.length
            record = self.content[start : start + self.length]
            if record[0] != _DELETED:
                yield number + 2, [_value(field.type, record[field.start : field.end]) for field in self.fields]


def _fields(content: bytes, first: int) -> list[Field]:
    fields = []
    start = 1
    for offset in range(32, min(first, len(content)) - 31, 32):
        if content[offset] == 0x0D:
            break
        name = content[offset : offset + 11].split(b"\0")[0].decode("gb18030", "replace")
        kind, length, decimals = chr(content[offset + 11]), content[offset + 16], content[offset + 17]
        if kind == "C":
            length += decimals << 8
        fields.append(Field(name, kind, start, start + length))
        start += length
    return fields


def _value(kind: str, cell: bytes) -> RawCell:
    text = cell.decode("gb18030", "replace").rstrip("\0 ")
    if kind == "D" and len(text) == 8 and text.isdigit():
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            return text
    if kind in "MGBP0":
        return None
    if kind == "L":
        return {"T": "TRUE", "Y": "TRUE", "F": "FALSE", "N": "FALSE"}.get(text.strip().upper())
    return text or None
