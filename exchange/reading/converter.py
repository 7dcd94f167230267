"""Workbooks of other formats turned into plain lines, in a process of its own: `python converter.py xls < file > lines`.

The library that reads them is native code and builds whole sheets, so it works where nothing of ours is in memory, within
limits of memory and time. This file is run as it stands and imports nothing of ours. The first line is a description, then
comes one line for each row that is not empty: the number of its sheet, its own number, its cells. The exit code tells what
kept the file from being read.
"""

import json
import resource
import struct
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import olefile
import python_calamine

UNREADABLE, ENCRYPTED, WRONG_TYPE, MACROS, TOO_LARGE = 3, 4, 5, 6, 7
MEMORY = 1024 * 1024 * 1024
SECONDS = 60
MOST_OUTPUT = 100 * 1024 * 1024
MOST_COLUMNS = 1024
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_BOUND_SHEET, _BEGIN, _END, _FORMULA, _BOOL_OR_ERROR, _DATE_MODE = 0x0085, 0x0809, 0x000A, 0x0006, 0x0205, 0x0022


class Wrong(Exception):
    """The file is not to be read; `code` is the exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Biff:
    """What the library does not tell of an .xls file: its calendar, and which cells hold an error instead of nothing."""

    def __init__(self, content: bytes) -> None:
        with olefile.OleFileIO(BytesIO(content)) as container:
            if container.exists("_VBA_PROJECT_CUR"):
                raise Wrong(MACROS)
            stream = next((name for name in ("Workbook", "Book") if container.exists(name)), None)
            if stream is None:
                raise Wrong(ENCRYPTED if container.exists("EncryptedPackage") else WRONG_TYPE)
            self.content = container.openstream(stream).read()
        self.date1904 = False
        self.begins: list[int] = []
        for kind, place, _size in self._records(0):
            if kind == _BOUND_SHEET:
                self.begins.append(struct.unpack_from("<I", self.content, place)[0])
            elif kind == _DATE_MODE:
                self.date1904 = self.content[place] == 1

    def _records(self, place: int) -> Iterator[tuple[int, int, int]]:
        """Kind, place and size of the records of one part, up to its end."""
        depth = 0
        while place + 4 <= len(self.content):
            kind, size = struct.unpack_from("<HH", self.content, place)
            depth += (kind == _BEGIN) - (kind == _END)
            if not depth:
                return
            yield kind, place + 4, size
            place += 4 + size

    def errors(self, sheet: int) -> dict[tuple[int, int], str]:
        found = {}
        for kind, place, size in self._records(self.begins[sheet]):
            if kind == _BOOL_OR_ERROR and size >= 8 and self.content[place + 7]:
                code = self.content[place + 6]
            elif kind == _FORMULA and size >= 14 and self.content[place + 12 : place + 14] == b"\xff\xff":
                if self.content[place + 6] != 2:
                    continue
                code = self.content[place + 8]
            else:
                continue
            row, column = struct.unpack_from("<HH", self.content, place)
            found[row, column] = ERRORS.get(code, "#N/A")
        return found


def plain(cell: Any) -> Any:
    """A cell as JSON knows it; days, times and errors are objects with one word. The library gives errors of an .ods file as
    their text and those of an .xls file as nothing."""
    if isinstance(cell, (datetime, date)):
        return {"day": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    if isinstance(cell, timedelta):
        hours, seconds = divmod(int(cell.total_seconds()) % 86_400, 3600)
        return {"time": time(hours, *divmod(seconds, 60)).isoformat()}
    return None if cell == "" and isinstance(cell, str) else cell


def lines(content: bytes, extension: str) -> Iterator[str]:
    biff = Biff(content) if extension == "xls" else None
    workbook = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    visible = [
        (number, one.name)
        for number, one in enumerate(workbook.sheets_metadata)
        if one.typ == python_calamine.SheetTypeEnum.WorkSheet
        and one.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    sheets = [(number, name, workbook.get_sheet_by_index(number)) for number, name in visible]
    described = [
        {"name": name, "rows": sheet.total_height, "merged": sheet.merged_cell_ranges or []}
        for _number, name, sheet in sheets
    ]
    yield json.dumps({"date1904": bool(biff and biff.date1904), "sheets": described})
    for place, (number, _name, sheet) in enumerate(sheets):
        yield from sheet_lines(place, sheet, biff.errors(number) if biff else errors_in_text(sheet))


def errors_in_text(sheet: Any) -> dict[tuple[int, int], str]:
    left = sheet.start[1] if sheet.start else 0
    texts = frozenset(ERRORS.values())
    return {
        (row, left + column): cell
        for row, cells in enumerate(sheet.iter_rows())
        for column, cell in enumerate(cells)
        if isinstance(cell, str) and cell in texts
    }


def sheet_lines(place: int, sheet: Any, errors: dict[tuple[int, int], str]) -> Iterator[str]:
    left = sheet.start[1] if sheet.start else 0
    with_errors: dict[int, dict[int, str]] = {}
    for (row, column), text in errors.items():
        with_errors.setdefault(row, {})[column] = text
    for row, found in enumerate(sheet.iter_rows()):
        cells = ([None] * left + [plain(cell) for cell in found])[:MOST_COLUMNS]
        for column, text in with_errors.get(row, {}).items():
            cells += [None] * (column + 1 - len(cells))
            cells[column] = {"error": text}
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield json.dumps([place, row + 1, cells], ensure_ascii=False, allow_nan=False)


def main(extension: str) -> int:
    limit()
    written = 0
    try:
        for line in lines(sys.stdin.buffer.read(), extension):
            packed = line.encode("utf-8", "replace") + b"\n"
            written += len(packed)
            if written > MOST_OUTPUT:
                return TOO_LARGE
            sys.stdout.buffer.write(packed)
        sys.stdout.buffer.flush()
    except Wrong as wrong:
        return wrong.code
    except python_calamine.PasswordError:
        return ENCRYPTED
    except MemoryError:
        return TOO_LARGE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
