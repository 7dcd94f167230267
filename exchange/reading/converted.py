"""Workbooks of other formats (.xls, .ods): converted by a process of its own, then read as every other table."""

import subprocess
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

import orjson

from common.isolated import run_isolated
from exchange.issues import FileRefused
from exchange.raw import ErrorCell, RawCell, as_shown, day_of
from exchange.reading.merged import Merge, fill_merged
from exchange.reading.package import Package, xml_parser
from exchange.reading.table import Sheet

CONVERTER = Path(__file__).with_name("converter.py")
MOST_SECONDS = 90
_REFUSALS = {4: "file_encrypted", 5: "wrong_file_type", 6: "file_has_macros", 7: "file_too_large"}
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def converted_sheets(content: bytes, extension: str) -> list["ConvertedSheet"]:
    """The visible sheets of an .xls or .ods file. Raises FileRefused."""
    if extension == ".ods":
        _look_into_package(content)
    elif not content.startswith(_OLE):
        raise FileRefused("wrong_file_type")
    head, *rows = _converted(content, extension).splitlines()
    described = orjson.loads(head)
    sheets = [ConvertedSheet(one, date1904=described["date1904"]) for one in described["sheets"]]
    for line in rows:
        sheets[int(line[1 : line.index(b",")])].lines.append(line)
    return sheets


def _look_into_package(content: bytes) -> None:
    """Refuse what is refused of every workbook, before anybody else opens it."""
    package = Package(content)
    if "mimetype" not in package.parts or b"".join(package.blocks("mimetype")).strip() != _SPREADSHEET:
        raise FileRefused("wrong_file_type")
    unsafe = package.inflate_all()
    manifest = "meta-inf/manifest.xml"
    if manifest in package.parts and b"encryption-data" in b"".join(package.blocks(manifest)):
        raise FileRefused("file_encrypted")
    if any(name.startswith(("basic/", "scripts/")) for name in package.parts):
        raise FileRefused("file_has_macros")
    if unsafe:
        raise FileRefused("file_unsafe_xml")
    package.feed("content.xml", xml_parser())  # the library takes what is cut off for the whole


def _converted(content: bytes, extension: str) -> bytes:
    """What the converter has written."""
    try:
        done = run_isolated(CONVERTER, extension.removeprefix("."), content=content, seconds=MOST_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise FileRefused("file_too_large") from error
    if done.returncode < 0:
        raise FileRefused("file_too_large")
    if done.returncode:
        raise FileRefused(_REFUSALS.get(done.returncode, "file_unreadable"))
    return done.stdout


class ConvertedSheet(Sheet):
    """`lines` are its rows as the converter has written them."""

    def __init__(self, described: dict[str, Any], *, date1904: bool) -> None:
        self.name = described["name"]
        self.date1904 = date1904
        self.expected_rows = described["rows"]
        self.merged = described["merged"]
        self.lines: list[bytes] = []

    def rows(self) -> Iterator[tuple[int, list[RawCell]]]:
        merges = [Merge(left, top + 1, bottom + 1) for (top, left), (bottom, right) in self.merged if left == right]
        merges.sort(key=lambda merge: merge.first, reverse=True)
        for line in self.lines:
            _sheet, number, cells = orjson.loads(line)
            found = [_raw(cell) for cell in cells]
            if merges:
                fill_merged(number, found, merges)
            yield number, found


def _raw(cell: Any) -> RawCell:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return as_shown(float(cell))
    if isinstance(cell, dict):
        if "day" in cell:
            return day_of(datetime.fromisoformat(cell["day"]))
        return time.fromisoformat(cell["time"]) if "time" in cell else ErrorCell(cell["error"])
    return None
