"""Which header means which column (docs/files.md §§2.6, 2.7)."""

import re
from collections.abc import Sequence

from exchange.kinds import FileKind
from exchange.raw import RawCell, cell_text

IGNORED = frozenset({"序号", "行号", "no", "#"})
_PARENTHESES = re.compile(r"\([^()]*\)")
_DROPPED = str.maketrans("", "", " *_-.:")
_FIELD_NAME_LENGTH = 10


def header_key(text: str) -> str:
    """A header without decoration and case; `text` is normalised already."""
    return _PARENTHESES.sub("", text).translate(_DROPPED).casefold()


class Headers(dict[RawCell, str | None]):
    """Raw header cell → column name, or None where the kind has no such column."""

    def __init__(self, kind: FileKind, *, field_names: bool = False) -> None:
        super().__init__()
        self.keys_of_kind: dict[str, str] = {}
        for column in kind.columns:
            for text in (column.name, *column.headers, column.registry):
                if text:
                    self.keys_of_kind.setdefault(header_key(text), column.name)
        if field_names:
            self._add_cut_names(kind)

    def _add_cut_names(self, kind: FileKind) -> None:
        cut: dict[str, list[str]] = {}
        for column in kind.columns:
            cut.setdefault(column.name[:_FIELD_NAME_LENGTH], []).append(column.name)
        for text, names in cut.items():
            if len(names) == 1:
                self.keys_of_kind.setdefault(header_key(text), names[0])

    def __missing__(self, raw: RawCell) -> str | None:
        text = cell_text(raw)
        name = self.keys_of_kind.get(header_key(text)) if text else None
        if len(self) < 10_000:
            self[raw] = name
        return name

    def count_known(self, cells: Sequence[RawCell]) -> int:
        return len({self[cell] for cell in cells} - {None})
