"""A cell that is merged over several rows of one column gives its value to each of them (docs/files.md §2.3)."""

from exchange.raw import RawCell


class Merge:
    __slots__ = ("column", "first", "last", "value")

    def __init__(self, column: int, first: int, last: int) -> None:
        self.column, self.first, self.last = column, first, last
        self.value: RawCell = None


def fill_merged(number: int, cells: list[RawCell], merges: list[Merge]) -> None:
    """Give the first cell's value of a merged column to the rows below it; `merges` is a stack, next one last."""
    for merge in reversed(merges):
        if merge.first > number:
            break
        if merge.first == number:
            merge.value = cells[merge.column] if merge.column < len(cells) else None
        elif number <= merge.last:
            cells.extend([None] * (merge.column + 1 - len(cells)))
            cells[merge.column] = merge.value
    merges[:] = [merge for merge in merges if merge.last > number]
