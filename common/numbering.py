"""Numbers without gaps, from a counter row that is locked inside the transaction that uses the number."""

from typing import Any

from django.db import transaction
from django.db.models import F

from common.models import NumberSeries


def next_number(institution: Any, series: str) -> int:
    """The next number of the series, from 1; a rolled-back transaction gives it back."""
    return next_numbers(institution, series, 1)[0]


@transaction.atomic
def next_numbers(institution: Any, series: str, count: int) -> range:
    """As many numbers as asked for, one after the other; later callers wait until this transaction has ended."""
    last = last_number(institution, series)
    NumberSeries.objects.filter(institution=institution, name=series).update(last=F("last") + count)
    return range(last + 1, last + count + 1)


def last_number(institution: Any, series: str) -> int:
    """The last number given, 0 before the first; the series is locked until the transaction ends."""
    NumberSeries.objects.get_or_create(institution=institution, name=series)
    return NumberSeries.objects.select_for_update().get(institution=institution, name=series).last


def advance(institution: Any, series: str, to: int) -> None:
    """Say that the series, locked by `last_number`, has come to this number."""
    NumberSeries.objects.filter(institution=institution, name=series, last__lt=to).update(last=to)
