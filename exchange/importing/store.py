"""What a kind of file needs of the records: rules that read them, and the writing of good rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from common.access import scope_filter
from common.ledger import OpenRecording
from exchange.importing.footprint import Footprint
from exchange.importing.rows import Row

RIGHT = "exchange.import_file"


@dataclass(frozen=True)
class Desk:
    """Who imports, for which institution (None = the rows name theirs), judged as on which day; for one `center` or `partner`
    alone where a learning centre or a partner organization hands the file in."""

    by: Any
    institution: Any
    today: date
    center: Any = None
    partner: Any = None

    def reachable(self, queryset: Any) -> Any:
        """The rows of a scoped queryset for which the actor may import, within the batch's institution."""
        model: type[models.Model] = queryset.model
        found = queryset.filter(scope_filter(model, self.by, RIGHT))
        if self.institution is None:
            return found
        scope = model.SCOPE  # type: ignore[attr-defined]
        found = found.filter(**{scope.institution or "institution": self.institution.pk})
        handed_in_by = {"center": self.center, "partner": self.partner}
        for level, place in handed_in_by.items():
            if place is not None and level in scope.levels():
                found = found.filter(scope.at(level, [place.pk]))
        return found

    def by_code(self, queryset: Any, field: str, codes: Iterable[str], *, column: str) -> dict[str, Any]:
        """The reachable rows with these codes, by code. Raises AmbiguousKey of `column` where two rows bear one: without a named
        institution they are of two."""
        found: dict[str, Any] = {}
        for row in self.reachable(queryset).filter(**{f"{field}__in": set(codes)}):
            if found.setdefault(getattr(row, field), row) is not row:
                raise AmbiguousKey(column)
        return found


class AmbiguousKey(Exception):
    """A key of the file belongs to records of two institutions; the sender must name one."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


class Store:
    """One pass over the rows of a file, in order. `plan` judges rows against what is stored and what this pass has
    accepted before, and gives good ones an outcome; `write` stores them.

    `reports`: columns on which `plan` may remark. `order`: rows of the whole file are sorted by it, and rows with the same
    first value stay together (None: file order).
    """

    reports: frozenset[str] = frozenset()
    order: Callable[[Row], tuple[Any, ...]] | None = None

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def plan(self, rows: Sequence[Row]) -> None:
        raise NotImplementedError

    def review(self, rows: Sequence[Row]) -> None:
        """Say of good rows, as they are planned, what people must see before they are stored: `Row.about`, `before`,
        `guarded`, `page_refusals`."""

    def keep(self, row: Row) -> list[Any] | None:
        """What `resume` needs to give a planned row its plan back, as JSON; None: it must be planned anew."""
        return None

    def resume(self, rows: Sequence[Row], plans: Sequence[list[Any]]) -> bool:
        """Take up what `keep` has kept of rows, while nobody has written since; False if the rows must be planned anew."""
        return False

    def found(self, rows: Sequence[Row], source: Any) -> None:
        """Make the institutions that rows need and that do not exist yet, before their ledgers are opened."""

    def write(self, rows: Sequence[Row], entry: OpenRecording, institution: Any) -> None:
        """Store rows of one institution that are created or updated."""
        raise NotImplementedError

    @classmethod
    def blocking(cls, footprint: Footprint) -> Iterable[tuple[str, int, str]]:
        """What keeps a batch from being undone although no row points to its own: (table, key, reason)."""
        return ()

    @classmethod
    def undo_is_guarded(cls, footprint: Footprint, *, institution_id: int, is_own_slip: bool) -> bool:
        """Whether taking back what a batch has written there takes two people; `is_own_slip`: whoever uploaded it takes it back
        within a day."""
        return False

    @classmethod
    def undone(cls, made: Sequence[int], entry: OpenRecording, institution: Any) -> None:
        """Bring counters and projections in line after the rows of `made` were taken back in the recording `entry`."""


def differing(row: Row, stored: dict[str, Any], columns: Iterable[str]) -> list[str]:
    """Columns whose value in the row is given and differs from the stored one (empty text counts as none)."""
    return [name for name in columns if (value := row.values[name]) is not None and value != (stored[name] or None)]
