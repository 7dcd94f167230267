from datetime import date
from typing import Any, NamedTuple


class Context(NamedTuple):
    """What judging a cell depends on besides the cell: the day of the judgement and the file's date system."""

    today: date
    date1904: bool = False


class Refusal(Exception):
    """The cell is wrong; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CellType:
    """`parse` takes normalised, non-empty text and returns the canonical value (None = empty after all) or raises
    `Refusal`. `unwraps`: a leading quote sign and `="…"` are taken off first. `needs_digits`: a number of 10^15 or more
    has lost digits."""

    unwraps = True
    needs_digits = False

    def parse(self, text: str, context: Context) -> Any:
        raise NotImplementedError

    def parse_date(self, day: date, context: Context) -> Any:
        """A date cell: only dates and batches may be one."""
        raise Refusal("converted_to_date")

    def warning(self, cell: str | float | date) -> str | None:
        """A remark on a cell that is right: its text, or the number or day that it holds."""
        return None

    def load(self, value: Any) -> Any:
        """The canonical value from its JSON form."""
        return value
