"""Workbooks, read as a stream of rows (docs/files.md §2.3).

Own parser on expat: formulas without a result, error cells, merged cells, the workbook's date system and a far-away
stray cell must all be seen, and memory stays flat; a parser that builds the grid first can do none of these.
"""

import posixpath
import re
from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from xml.parsers import expat

from exchange.issues import FileRefused
from exchange.raw import NO_RESULT, ErrorCell, RawCell, as_shown, date_of_serial, day_of
from exchange.reading.merged import Merge, fill_merged
from exchange.reading.package import TYPES, Package, xml_parser
from exchange.reading.table import Sheet

MOST_COLUMNS = 1024
MAIN = "xl/workbook.xml"
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")

_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\s+ref=[\"'][A-Z]+\d+:[A-Z]+(\d{1,7})[\"']")


def column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters = chr(65 + rest) + letters
        index -= 1
    return letters


class Workbook:
    """A workbook of Office Open XML. `related` are the parts that its main part leads to, by the kind of relation."""

    def __init__(self, content: bytes, *, macros_by_name: bool = False) -> None:
        self.package = Package(content)
        if TYPES not in self.package.parts:
            raise FileRefused("wrong_file_type")
        unsafe = self.package.inflate_all()
        self.date1904 = False
        self.entries: list[tuple[str, str]] = []
        self.main = "" if unsafe else self._main_part()
        if macros_by_name or self._has_macros():
            raise FileRefused("file_has_macros")
        if unsafe:
            raise FileRefused("file_unsafe_xml")
        self.relations = self.package.relations(self.main)
        self.sheets = self._visible_sheets()
        self.date_styles = self._date_styles()
        self._strings: list[str] | None = None

    @property
    def strings(self) -> list[str]:
        if self._strings is None:
            self._strings = self._shared_strings()
        return self._strings

    def _main_part(self) -> str:
        """Also reads the list of sheets. Raises `wrong_file_type` where the package is no workbook."""
        named = [one.target for one in self.package.relations("") if one.type == "officeDocument"]
        main = next((part for part in (*named, MAIN) if part in self.package.parts), "")
        is_workbook = False

        def workbook(tag: str, attributes: dict[str, str]) -> None:
            nonlocal is_workbook
            if tag == "workbook":
                is_workbook = True
            elif tag == "workbookPr":
                self.date1904 = attributes.get("date1904") in ("1", "true")
            elif tag == "sheet" and attributes.get("state", "visible") == "visible":
                self.entries.append((attributes.get("name", ""), attributes.get("id", "")))

        if main.endswith(".xml"):
            self.package.walk(main, workbook)
        if not is_workbook:
            raise FileRefused("wrong_file_type")
        return main

    def _has_macros(self) -> bool:
        types = b"".join(self.package.blocks(TYPES))
        return any(name.endswith("vbaproject.bin") for name in self.package.parts) or b"macroEnabled" in types

    def _related(self, kind: str) -> str | None:
        """The part of a kind; some programs write one without a relation, under its usual name."""
        usual = f"{posixpath.dirname(self.main)}/{kind}.xml".lower()
        named = [one.target for one in self.relations if one.type == kind]
        return next((part for part in (*named, usual) if part in self.package.parts), None)

    def _visible_sheets(self) -> list["XlsxSheet"]:
        targets = {one.id: one.target for one in self.relations if one.type == "worksheet"}
        found = [(name, targets[key]) for name, key in self.entries if key in targets]
        return [XlsxSheet(self, name, part) for name, part in found if part in self.package.parts]

    def _date_styles(self) -> set[str]:
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside: list[str] = []

        def style(tag: str, attributes: dict[str, str]) -> None:
            if tag == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif tag in ("cellStyleXfs", "cellXfs"):
                inside[:] = [tag]
            elif tag == "xf" and inside == ["cellXfs"]:
                styles.append(attributes.get("numFmtId", "0"))

        if part := self._related("styles"):
            self.package.walk(part, style)
        return {str(index) for index, number in enumerate(styles) if _shows_date(number, formats.get(number))}

    def _shared_strings(self) -> list[str]:
        name = self._related("sharedStrings")
        if name is None:
            return []
        strings: list[str] = []
        pieces: list[str] = []
        phonetic = False

        def start(tag: str, _attributes: dict[str, str]) -> None:
            nonlocal phonetic
            local = tag.rpartition(":")[2]
            if local == "si":
                pieces.clear()
            elif local == "rPh":
                phonetic = True
            elif local == "t" and not phonetic:
                parser.CharacterDataHandler = pieces.append

        def end(tag: str) -> None:
            nonlocal phonetic
            local = tag.rpartition(":")[2]
            if local == "t":
                parser.CharacterDataHandler = None
            elif local == "rPh":
                phonetic = False
            elif local == "si":
                strings.append(_unescaped("".join(pieces)))

        parser = xml_parser()
        parser.StartElementHandler, parser.EndElementHandler = start, end
        self.package.feed(name, parser)
        return strings


class XlsxSheet(Sheet):
    """One visible worksheet. Cells beyond the header of a sheet are columns without a header, not mistakes of a row."""

    def __init__(self, workbook: Workbook, name: str, part: str) -> None:
        self.workbook = workbook
        self.name = name
        self.part = part
        self.date1904 = workbook.date1904
        found = _DIMENSION.search(next(workbook.package.blocks(part), b"")[:4096])
        self.expected_rows = int(found[1]) if found else 0

    def rows(self) -> Iterator[tuple[int, list[RawCell]]]:
        stream = _RowParser(self.workbook)
        merges = self._merged_columns()
        for block in self.workbook.package.blocks(self.part):
            stream.feed(block)
            for number, cells in stream.take():
                if merges:
                    fill_merged(number, cells, merges)
                yield number, cells
        stream.feed(b"", last=True)
        yield from stream.take()

    def _merged_columns(self) -> list[Merge]:
        merges = []
        for match in _MERGED.finditer(self.workbook.package.tails.get(self.part, b"")):
            first_column, first, last_column, last = (group.decode("ascii") for group in match.groups())
            if first_column == last_column and (column := column_index(first_column)) < MOST_COLUMNS:
                merges.append(Merge(column, int(first), int(last)))
        return sorted(merges, key=lambda merge: merge.first, reverse=True)


class _RowParser:
    """Feeds expat and collects whole rows. `kinds` maps qualified tags to what they mean, whatever their prefix."""

    def __init__(self, workbook: Workbook) -> None:
        self.rows: list[tuple[int, list[RawCell]]] = []
        self.row: list[RawCell] = []
        self.number = 0
        self.columns: dict[str, int] = {}
        self.parser = xml_parser()
        self.strings = workbook.strings
        self.date_styles = workbook.date_styles
        self.date1904 = workbook.date1904
        self.attributes: dict[str, str] = {}
        self.pieces: list[str] = []
        self.has_formula = False
        self.phonetic = False
        self.local: dict[str, str] = {}
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def feed(self, block: bytes, *, last: bool = False) -> None:
        try:
            self.parser.Parse(block, last)
        except (expat.ExpatError, ValueError, IndexError) as error:
            raise FileRefused("file_unreadable") from error

    def take(self) -> list[tuple[int, list[RawCell]]]:
        rows, self.rows = self.rows, []
        return rows

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = self.local.get(tag) or self.local.setdefault(tag, tag.rpartition(":")[2])
        if local == "c":
            self.attributes = attributes
        elif local == "v" or (local == "t" and not self.phonetic):
            self.parser.CharacterDataHandler = self.pieces.append
        elif local == "row":
            self.row = []
            self.number = int(attributes["r"]) if "r" in attributes else self.number + 1
        elif local == "f":
            self.has_formula = True
        elif local == "rPh":
            self.phonetic = True

    def _end(self, tag: str) -> None:
        local = self.local.get(tag)
        if local == "v" or local == "t":
            self.parser.CharacterDataHandler = None
        elif local == "c":
            self._cell()
        elif local == "row":
            self.rows.append((self.number, self.row))
        elif local == "rPh":
            self.phonetic = False

    def _cell(self) -> None:
        pieces = self.pieces
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        if not pieces and not self.has_formula:
            return
        attributes = self.attributes
        reference = attributes.get("r")
        row = self.row
        if reference:
            letters = reference.rstrip("0123456789")
            column = self.columns.get(letters)
            if column is None:
                column = self.columns[letters] = column_index(letters)
        else:
            column = len(row)
        if column < MOST_COLUMNS:
            missing = column - len(row)
            if missing > 0:
                row.extend([None] * missing)
            value = self._value(attributes.get("t", "n"), attributes.get("s"), text)
            if missing >= 0:
                row.append(value)
            else:
                row[column] = value
        pieces.clear()
        self.has_formula = False

    def _value(self, kind: str, style: str | None, text: str) -> RawCell:
        if kind == "s":
            return (self.strings[int(text)] or None) if text else None
        if kind in ("str", "inlineStr"):
            return _unescaped(text) or None
        if not text:
            return NO_RESULT if self.has_formula else None
        if kind == "e":
            return ErrorCell(text)
        if kind == "b":
            return "TRUE" if text in ("1", "true") else "FALSE"
        if kind == "d":
            return day_of(datetime.fromisoformat(text))
        number = float(text)
        if not isfinite(number):
            raise ValueError(text)
        number = as_shown(number)
        return date_of_serial(number, date1904=self.date1904) if style in self.date_styles else number


def _shows_date(number: str, code: str | None) -> bool:
    if code is None:
        return number.isdigit() and int(number) in _DATE_FORMATS
    plain = _NOT_FORMAT.sub("", code)
    return plain.lower() not in ("general", "standard") and re.search("[ymdhs]", plain, re.IGNORECASE) is not None


def _unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
