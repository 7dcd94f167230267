"""Database expressions over dated rows."""

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db import models


class _DateRange(models.Func):
    function = "daterange"
    output_field = DateRangeField()


def day_range(begin: str = "begin", end: str = "end") -> models.Func:
    """`daterange(begin, end, '[)')` of two date columns, for exclusion constraints."""
    return _DateRange(begin, end, RangeBoundary())
