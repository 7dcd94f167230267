"""A kind of file: its columns, its key, its rules. Apps register theirs from their `imports` package."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.registry import Registry
from exchange.types import CellType, Context

if TYPE_CHECKING:
    from exchange.chunks import Chunk


@dataclass(frozen=True)
class Column:
    """A column of a file. `headers` are the Chinese ones, `registry` the short code of the national file; the English
    header is the name itself. `personal` columns are encrypted in staging and masked in reports; those that records show in
    clear (a name) are `shown_in_clear` to whoever must decide about a row. `may_be_empty`: a file must have the column, and a
    refinement says which of its cells may be empty."""

    name: str
    label: Promise
    type: CellType
    headers: tuple[str, ...] = ()
    registry: str = ""
    required: bool = False
    personal: bool = False
    may_be_empty: bool = False
    shown_in_clear: bool = False


class RowRule(NamedTuple):
    """`broken(*values of reads)` says that a row breaks the rule; asked only where none of them is wrong or empty."""

    code: str
    column: str
    reads: tuple[str, ...]
    broken: Callable[..., bool]


class RequiredIf(NamedTuple):
    """`column` may not be empty where `needed(*values of reads)`."""

    column: str
    reads: tuple[str, ...]
    needed: Callable[..., bool]
    code: str = "required"


class FileRule:
    """A rule over several rows of one file. A new one is made for each pass; `check` gets the chunks in file order."""

    def check(self, chunk: "Chunk") -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class SecondPerson:
    """For a kind whose rows may do what takes two people on a page (`Store.review` says which rows do).

    `verb` is the right of whoever decides such things, `accounts_of(user)` the keys of all accounts of one human being;
    `sentences` put the codes of `Row.page_refusals` in words, `in_words(column, value)` a value that is a code; `tell(batch,
    event)` tells the people concerned of an event (`exchange.importing.deciding`).
    """

    verb: str
    accounts_of: Callable[[Any], set[int]]
    sentences: Mapping[str, Promise]
    in_words: Callable[[str, str], str]
    tell: Callable[[Any, str], None]


class InstitutionOf(StrEnum):
    """What says to which institution a row belongs (docs/files.md §1.3)."""

    ROW = "row"
    """A code in the row: that of its school or centre."""
    FILE = "file"
    """The institution that is named with the file, or the only one for which the actor may import."""
    CLASS = "class"
    """That of the class, which is looked up wherever the actor may import."""
    STUDENT = "student"
    """That of the student, likewise."""


@dataclass(frozen=True)
class FileKind:
    """`refinements` judge cells that depend on another cell of the row; then come row rules and file rules. `store` is the
    class (`exchange.importing.Store`) that keeps its rows. `handed_in_at`: levels of membership beside the institution's
    (`center`, `partner`) at which it may be handed in. Without a `second_person` whoever uploads a file may store it."""

    name: str
    title: Promise
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    duplicates_on: str
    refinements: tuple[Callable[["Chunk", Context], None], ...] = ()
    row_rules: tuple[RowRule | RequiredIf, ...] = ()
    file_rules: Callable[[], Iterable[FileRule]] = tuple
    store: Any = None
    institution_of: InstitutionOf = InstitutionOf.ROW
    handed_in_at: frozenset[str] = frozenset()
    second_person: SecondPerson | None = None
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


_KINDS: Registry[FileKind] = Registry("file kind")


def register(kind: FileKind) -> FileKind:
    """Raises ValueError for a name that another kind has already."""
    _KINDS.register(kind)
    return kind


def kind_named(name: str) -> FileKind:
    """Raises KeyError for a kind that no app has registered."""
    return _KINDS[name]


def kind_title(name: str) -> Any:
    """The title of a kind, also of a file whose kind is not known yet (`""`)."""
    return _KINDS[name].title if name else _("not recognised yet")


def all_kinds() -> list[FileKind]:
    return list(_KINDS.values())
