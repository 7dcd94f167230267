"""Raw cells as the readers yield them, and the text of a cell (docs/files.md §§1.1, 3).

A raw cell is None, a str, a float, a date, a time, an `ErrorCell` or `NO_RESULT`. A date is a `datetime` only just before
midnight, where another day may be meant.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from common.texts import normalize


class ErrorCell(NamedTuple):
    """An error value of a spreadsheet program, such as #N/A."""

    text: str


class NoResult:
    """A formula without a stored result."""

    def __repr__(self) -> str:
        return "NO_RESULT"


NO_RESULT: Final = NoResult()
RawCell = str | float | date | time | ErrorCell | NoResult | None

EXACT_BELOW = 1e15
LATE = (23, 58)
_LATE_SERIAL = (LATE[0] * 60 + LATE[1]) / (24 * 60) - 1e-9
EMPTY_MARKERS = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "N/A", "#N/A"})


def as_shown(number: float) -> float:
    """The number as a spreadsheet program shows it: 15 significant digits, without the noise of binary sums."""
    return number if number.is_integer() else float(f"{number:.15g}")


def day_of(moment: datetime) -> date:
    """The day; the moment itself just before midnight, since the next day may be meant (some exporters fall a few seconds
    short of it)."""
    return moment if (moment.hour, moment.minute) >= LATE else moment.date()


def is_late(serial: float) -> bool:
    """Whether a serial number is one of the last two minutes of its day."""
    return serial % 1 >= _LATE_SERIAL


def number_text(number: float) -> str:
    if not float(number).is_integer():
        return format(Decimal(repr(float(number))), "f")
    if abs(number) < EXACT_BELOW:
        return str(int(number))
    return f"{number:.14E}"


def cell_text(raw: RawCell) -> str | None:
    """What the report shows of a cell: None where it is empty."""
    if raw is None or raw is NO_RESULT:
        return None
    if isinstance(raw, str):
        return normalize(raw)[0] or None
    if isinstance(raw, float):
        return number_text(raw)
    if isinstance(raw, ErrorCell):
        return raw.text
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    return raw.isoformat() if isinstance(raw, (date, time)) else None


def is_empty(raw: RawCell) -> bool:
    return raw is None or (isinstance(raw, str) and normalize(raw)[0] in EMPTY_MARKERS)


def date_of_serial(serial: float, *, date1904: bool) -> RawCell:
    """The day of a serial number; a time where there is no day; the number itself beyond the calendar.

    The 1900 system holds a 29 February 1900 that never was: it is given as text and fails as such.
    """
    day = int(serial)
    if date1904:
        day += 1462
    if not 0 <= day < 2958466 or serial < 0:
        return serial
    if day == 0:
        return (datetime(1900, 1, 1) + timedelta(days=serial % 1)).time()  # noqa: DTZ001 - a time of the clock alone
    if day == 60 and not date1904:
        return "1900-02-29"
    found = date(1899, 12, 30) + timedelta(days=day if day > 60 else day + 1)
    return datetime.combine(found, time.max) if is_late(serial) else found
