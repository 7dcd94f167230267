"""Text files: encodings, separators, quotes (docs/files.md §2.4)."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from exchange.issues import FileRefused, Issue
from exchange.raw import RawCell
from exchange.reading.table import Sheet

SEPARATORS = (",", ";", "\t")
PIECE = 1 << 20
MOST_LINES_NAMED = 20
_MARK = codecs.BOM_UTF8
_MARK_AT_LINE = re.compile(rb"(?<=[\r\n])(?:\xef\xbb\xbf)+")
_OTHER_MARK = "\ufeff".encode("gb18030")
_FOREIGN_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_SURELY_UTF_8 = re.compile("[\u0800-\uffff]")
_SURE_FROM = 4
csv.field_size_limit(64 * 1024 * 1024)


def encoding_of(content: bytes) -> tuple[str, list[int]]:
    """UTF-8 or else GB18030, and the numbers of lines that cannot be read in it, from 1. Raises FileRefused where the content
    is no text of either."""
    if content.startswith(_FOREIGN_MARKS):
        raise FileRefused("encoding_not_supported")
    if b"\0" in content:
        raise FileRefused("binary_content")
    if _can_be(content, "utf-8"):
        return "utf-8", []
    lines = [(number, line) for number, line in enumerate(_LINE_END.split(content), start=1) if not line.isascii()]
    others = [number for number, line in lines if not _can_be(line, "utf-8")]
    if len(others) * 2 < len(lines):
        return "utf-8", others
    unread = [number for number, line in lines if _is_surely_utf_8(line) or not _can_be(line, "gb18030")]
    if len(unread) == len(lines):
        raise FileRefused("encoding_not_supported")
    return "gb18030", unread


def _texts(content: bytes, encoding: str) -> Iterator[str]:
    """Piece by piece, since the whole text takes several times the file's memory."""
    pieces = (content[start : start + PIECE] for start in range(0, len(content), PIECE))
    return codecs.iterdecode(pieces, encoding)


def _can_be(content: bytes, encoding: str) -> bool:
    try:
        for _text in _texts(content, encoding):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _is_surely_utf_8(line: bytes) -> bool:
    """Chinese in GB18030 may happen to be UTF-8, too, but hardly ever that of several Chinese characters."""
    try:
        return len(_SURELY_UTF_8.findall(line.decode())) >= _SURE_FROM
    except UnicodeDecodeError:
        return False


def _without_marks(content: bytes) -> bytes:
    """Some programs write a byte-order mark twice, and files that were put together have some between their lines."""
    while content.startswith((_MARK, _OTHER_MARK)):
        content = content.removeprefix(_MARK).removeprefix(_OTHER_MARK)
    return _MARK_AT_LINE.sub(b"", content) if _MARK in content else content


class TextSheet(Sheet):
    """The records of a text file."""

    width_is_fixed = True

    def __init__(self, content: bytes, count_known: Callable[[list[str]], int]) -> None:
        self.content = _without_marks(content)
        self.encoding, unread = encoding_of(self.content)
        if not unread and not any(text.strip() for text in _texts(self.content, self.encoding)):
            raise FileRefused("file_empty")
        self.separator = self._declared_separator() or self._best_separator(count_known)
        if unread:
            raise FileRefused(issues=self._not_readable(set(unread)))
        self._check_quotes()
        self.expected_rows = max(content.count(b"\n"), content.count(b"\r"))

    def rows(self) -> Iterator[tuple[int, list[RawCell]]]:
        """Record number and cells; a `sep=` line and blank lines count."""
        yield from enumerate(self._records(self.separator), start=1)

    def _not_readable(self, lines: set[int]) -> list[Issue]:
        """One remark for each record with a line in another encoding."""
        records = self._records(self.separator)
        found, before = [], 0
        for number, _record in enumerate(records, start=1):
            if not lines.isdisjoint(range(before + 1, records.line_num + 1)):
                found.append(Issue(number, None, "encoding_not_supported"))
            before = records.line_num
        return found[:MOST_LINES_NAMED]

    def _check_quotes(self) -> None:
        if b'"' not in self.content:
            return
        try:
            for _record in self._records(self.separator, strict=True):
                pass
        except csv.Error as error:
            raise FileRefused("csv_malformed") from error

    def _records(self, separator: str, *, strict: bool = False) -> Any:
        """A reader of csv. What cannot be decoded is replaced: a file with such a line is refused before its rows are taken."""
        lines = io.TextIOWrapper(io.BytesIO(self.content), encoding=self.encoding, errors="replace", newline="")
        return csv.reader(lines, delimiter=separator, strict=strict)

    def _declared_separator(self) -> str | None:
        first = self.content[:16].decode(self.encoding, "ignore").splitlines()[:1]
        declared = first[0].removeprefix("sep=") if first and first[0].startswith("sep=") else ""
        return declared if len(declared) == 1 and declared != '"' else None

    def _best_separator(self, count_known: Callable[[list[str]], int]) -> str:
        def known(separator: str) -> int:
            try:
                return max((count_known(record) for record in islice(self._records(separator), 20)), default=0)
            except csv.Error:
                return 0

        return max(SEPARATORS, key=known)
