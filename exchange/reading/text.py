"""Text files: encodings, separators, quotes (samples README §2.4)."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from exchange.issues import FileRefused
from exchange.raw import RawCell

SEPARATORS = (",", ";", "\t")
PIECE = 1 << 20
_FOREIGN_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
csv.field_size_limit(64 * 1024 * 1024)


def encoding_of(content: bytes) -> str:
    """UTF-8 with or without mark, else GB18030. Raises FileRefused where the content is no text of either."""
    if content.startswith(_FOREIGN_MARKS):
        raise FileRefused("encoding_not_supported")
    if b"\0" in content:
        raise FileRefused("binary_content")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            blank = _is_blank(content, encoding)
        except UnicodeDecodeError:
            continue
        if blank:
            raise FileRefused("file_empty")
        return encoding
    raise FileRefused("encoding_not_supported")


def _is_blank(content: bytes, encoding: str) -> bool:
    """Raises UnicodeDecodeError; piece by piece, since the whole text takes several times the file's memory."""
    pieces = (content[start : start + PIECE] for start in range(0, len(content), PIECE))
    return all([not text.strip() for text in codecs.iterdecode(pieces, encoding)])  # noqa: C419 -- all must decode


class TextSheet:
    """The records of a text file. `width_is_fixed`: a cell beyond the header is a mistake of the row."""

    name: str | None = None
    date1904 = False
    width_is_fixed = True
    header_fields = False

    def __init__(self, content: bytes, count_known: Callable[[list[str]], int]) -> None:
        self.content = content
        self.encoding = encoding_of(content)
        self.separator = self._declared_separator() or self._best_separator(count_known)
        self._check_quotes()
        self.expected_rows = max(content.count(b"\n"), content.count(b"\r"))

    def rows(self) -> Iterator[tuple[int, list[RawCell]]]:
        """Record number and cells; a `sep=` line and blank lines count."""
        yield from enumerate(self._records(self.separator), start=1)

    def _check_quotes(self) -> None:
        if b'"' not in self.content:
            return
        try:
            for _record in self._records(self.separator, strict=True):
                pass
        except csv.Error as error:
            raise FileRefused("csv_malformed") from error

    def _records(self, separator: str, *, strict: bool = False) -> Iterator[list[Any]]:
        lines = io.TextIOWrapper(io.BytesIO(self.content), encoding=self.encoding, newline="")
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
