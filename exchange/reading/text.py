"""Text files: encodings, separators, quotes (samples README §2.4)."""

import csv
import io
from collections.abc import Callable, Iterator

from exchange.issues import FileRefused
from exchange.raw import RawCell

SEPARATORS = (",", ";", "\t")
_FOREIGN_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
csv.field_size_limit(64 * 1024 * 1024)


def decode(content: bytes) -> str:
    if content.startswith(_FOREIGN_MARKS):
        raise FileRefused("encoding_not_supported")
    if b"\0" in content:
        raise FileRefused("binary_content")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not text.strip():
            raise FileRefused("file_empty")
        return text
    raise FileRefused("encoding_not_supported")


class TextSheet:
    """The records of a text file. `width_is_fixed`: a cell beyond the header is a mistake of the row."""

    name: str | None = None
    date1904 = False
    width_is_fixed = True
    header_fields = False

    def __init__(self, text: str, count_known: Callable[[list[str]], int]) -> None:
        self.text = text
        self.separator = _declared_separator(text) or _best_separator(text, count_known)
        self._check_quotes()
        self.expected_rows = max(text.count("\n"), text.count("\r"))

    def rows(self) -> Iterator[tuple[int, list[RawCell]]]:
        """Record number and cells; a `sep=` line and blank lines count."""
        for number, record in enumerate(_records(self.text, self.separator), start=1):
            yield number, list(record)

    def _check_quotes(self) -> None:
        if '"' not in self.text:
            return
        try:
            for _record in csv.reader(_lines(self.text), delimiter=self.separator, strict=True):
                pass
        except csv.Error as error:
            raise FileRefused("csv_malformed") from error


def _lines(text: str) -> Iterator[str]:
    return io.StringIO(text, newline="")


def _records(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(_lines(text), delimiter=separator)


def _declared_separator(text: str) -> str | None:
    first = text[:16].splitlines()[0] if text else ""
    declared = first.removeprefix("sep=") if first.startswith("sep=") else ""
    return declared if len(declared) == 1 and declared != '"' else None


def _best_separator(text: str, count_known: Callable[[list[str]], int]) -> str:
    def known(separator: str) -> int:
        try:
            return max(
                (count_known(record) for _n, record in zip(range(20), _records(text, separator), strict=False)),
                default=0,
            )
        except csv.Error:
            return 0

    return max(SEPARATORS, key=known)
