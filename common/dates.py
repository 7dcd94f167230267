"""Dates as registrars know them: local days, half-open periods, and dates of which only a part is known."""

import calendar
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    DECADE = "decade", _("decade")


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date with its precision (docs/rules.md §0.4); `first` is the first day that it may mean."""

    first: dt.date
    precision: Precision = Precision.DAY

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read `2017-11-05`, `2017-11`, `2017` or `1950s`; raises ValueError on anything else."""
        if text.endswith("0s"):
            return cls(dt.date(int(text[:-1]), 1, 1), Precision.DECADE)
        parts = [int(part) for part in text.split("-", 2)]
        precision = (Precision.YEAR, Precision.MONTH, Precision.DAY)[len(parts) - 1]
        return cls(dt.date(*[*parts, 1, 1][:3]), precision)

    def __str__(self) -> str:
        width = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4, Precision.DECADE: 4}[self.precision]
        return self.first.isoformat()[:width] + ("s" if self.precision is Precision.DECADE else "")


def plus_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later (or earlier), the month's last day where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_day: ContextVar[dt.date | None] = ContextVar("day", default=None)


@contextmanager
def as_on(day: dt.date) -> Iterator[None]:
    """Let what runs inside judge as on this day. Only for the simulation, the demo, files judged as on a day, and tests
    (`tests/architecture/test_today.py`); what is written is still recorded at the real instant."""
    token = _day.set(day)
    try:
        yield
    finally:
        _day.reset(token)


def today(institution: object | None = None) -> dt.date:
    """The institution's local calendar day: the only source of today (docs/rules.md §6.5). See `as_on`."""
    if (day := _day.get()) is not None:
        return day
    zone = getattr(institution, "time_zone", None)
    return timezone.localdate(timezone=ZoneInfo(zone) if zone else None)
