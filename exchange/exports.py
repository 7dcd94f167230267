"""Lists of persons that leave the house: which kinds there are, and the workbook of one. Who may ask and who decides is said
by `people.services.exporting`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from common.registry import Registry
from exchange.sheets import to_xlsx


class Terms(Protocol):
    """What narrows an export, made by its kind from what was asked; `stored` gives it as JSON without personal values."""

    @property
    def in_clear(self) -> bool:
        """Whether the file holds whole numbers of persons."""

    def stored(self) -> dict[str, Any]: ...


class Rows(Protocol):
    """What leaves: a queryset, or whatever else can be counted before it is written."""

    def count(self) -> int: ...


def workbook(kind: "ExportKind", terms: Terms, rows: Rows, mark: str) -> tuple[bytes, int]:
    """The file and how many rows it holds. `mark` stands above the table and at the foot of each printed page; every cell is
    text, so that no number changes and nothing runs."""
    lines = [[str(cell) for cell in line] for line in kind.lines(rows, terms)]
    head = [str(name) for name in kind.head(terms)]
    return to_xlsx(head, lines, title=str(kind.title), mark=mark), len(lines)


def _nothing(*_asked: Any) -> Iterator[list[str]]:
    return iter(())


@dataclass(frozen=True)
class ExportKind:
    """`read` checks what was asked (DomainError `terms_not_possible`); `rows` narrows to what (asker, institution, centre or
    None, terms) may and want to see; `lines` yields one list of texts for each row, in the order of `head`.

    A kind whose file is no table of `head` and `lines` has a `write` of its own; one that is asked for on the page of what it is
    about, and nowhere else, says `of_a_page`.
    """

    name: str
    title: Any
    read: Callable[[dict[str, Any]], Terms]
    rows: Callable[[Any, Any, Any, Any], Any]
    head: Callable[[Any], Any] = _nothing
    lines: Callable[[Any, Any], Iterator[list[str]]] = _nothing
    write: Callable[["ExportKind", Any, Any, str], tuple[bytes, int]] = workbook
    of_a_page: bool = False


KINDS: Registry[ExportKind] = Registry("export kind")


def register_export(kind: ExportKind) -> ExportKind:
    """Raises ValueError for a name that another kind has already."""
    KINDS.register(kind)
    return kind


def export_kinds() -> list[ExportKind]:
    return list(KINDS.values())


def export_kind(name: str) -> ExportKind:
    """Raises KeyError for a name that nobody has registered."""
    return KINDS[name]
