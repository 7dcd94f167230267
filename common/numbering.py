"""Numbers without gaps, from a counter row that is locked inside the transaction that uses the number."""

from typing import Any

from django.db import transaction
from django.db.models import F

from common.models import NumberSeries


@transaction.atomic
def next_number(institution: Any, series: str) -> int:
    """The next number of the series, from 1; a rolled-back transaction gives it back."""
    NumberSeries.objects.get_or_create(institution=institution, name=series)
    row = NumberSeries.objects.select_for_update().get(institution=institution, name=series)
    NumberSeries.objects.filter(pk=row.pk).update(last=F("last") + 1)
    return row.last + 1
