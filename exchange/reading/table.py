"""What the readers of every sort of file have in common: rows of raw cells, and what is said of columns as a whole."""

from collections.abc import Collection, Iterator, Mapping

from exchange.issues import Issue
from exchange.raw import RawCell


class Sheet:
    """One table of a file. `width_is_fixed`: a cell beyond the header is a mistake of its row. `header_fields`: headers are
    field names of at most ten characters."""

    name: str | None = None
    date1904 = False
    width_is_fixed = False
    header_fields = False
    expected_rows = 0

    def rows(self) -> Iterator[tuple[int, list[RawCell]]]:
        """Number and cells of each row that is not empty; can be taken more than once."""
        raise NotImplementedError

    def issues(self, positions: Mapping[str, int], required: Collection[str]) -> list[Issue]:
        """What is wrong with the table or with columns that the kind knows, before any row is looked at."""
        return []
