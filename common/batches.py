"""Entry batches: spring from 1 March, autumn from 1 September (docs/rules.md §2.3; docs/files.md §4.1, §6.2)."""

import datetime as dt
from functools import lru_cache

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Season(models.TextChoices):
    SPRING = "spring", _("spring")
    AUTUMN = "autumn", _("autumn")


YEARS_BACK, YEARS_AHEAD = 5, 3


@lru_cache(maxsize=4096)
def batch_of(day: dt.date) -> str:
    """The batch that an entry on this day belongs to: March–August spring, September–February autumn."""
    if 3 <= day.month <= 8:
        return f"{day.year}-{Season.SPRING}"
    return f"{day.year if day.month >= 9 else day.year - 1}-{Season.AUTUMN}"


@lru_cache(maxsize=4096)
def first_day(batch: str) -> dt.date:
    """`2025-autumn` → 1 September 2025; raises ValueError on anything that is no batch."""
    year, season = batch.split("-")
    return dt.date(int(year), 3 if Season(season) is Season.SPRING else 9, 1)


def batch_label(batch: str) -> str:
    """`2025-autumn` as the reader's language says it; raises ValueError on anything that is no batch."""
    year, season = batch.split("-")
    text = gettext("%(year)s-spring") if Season(season) is Season.SPRING else gettext("%(year)s-autumn")
    return text % {"year": year}


def batches_around(day: dt.date) -> list[tuple[str, str]]:
    """(code, label) of the batches that somebody may mean on this day, the latest first."""
    years = range(day.year + YEARS_AHEAD, day.year - YEARS_BACK - 1, -1)
    codes = [f"{year}-{season}" for year in years for season in (Season.AUTUMN, Season.SPRING)]
    return [(code, batch_label(code)) for code in codes]
