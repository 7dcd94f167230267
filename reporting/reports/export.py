"""Figures as they leave: the JSON of the shell and of files (issue “The first statistics”)."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.families import TOTAL, Adds, Measure, family_named
from common.ratios import PERCENT, share
from reporting.models import StatisticsRun


def utc(instant: dt.datetime) -> str:
    """An instant in UTC with microseconds and Z."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def as_json(run: StatisticsRun, *, known_at: dt.datetime | None = None) -> dict[str, Any]:
    """A finished run: the total first, then its breakdowns, zeros left out except in the total."""
    family = family_named(run.family)
    figures = []
    for name in run.breakdowns:
        wanted = family.breakdown(name)
        for key, values in run.slices.filter(breakdown=name).order_by("position").values_list("key", "values"):
            slice_ = dict(zip(wanted, key, strict=True))
            figures += [
                {"indicator": one.id, "version": one.version, "slice": slice_, "value": shown(one, values.get(one.id))}
                for one in map(family.measure.__getitem__, family.asked(with_window=run.since is not None))
                if values.get(one.id) or wanted == TOTAL
            ]
    return {
        "institution": run.institution.code,
        "as_of": run.as_of.isoformat(),
        "since": run.since and run.since.isoformat(),
        "known_at": utc(known_at or run.known_at),
        "figures": figures,
    }


def shown(measure: Measure, value: Any) -> Any:
    """A value as it leaves: a ratio as its quotient with two decimals beside its two integers, null where there is nothing to
    divide by; a sum with decimals as a decimal number."""
    if measure.adds is Adds.RATIO:
        numerator, denominator = value or (0, 0)
        quotient = share(numerator, denominator, percent=measure.unit == PERCENT)
        if quotient is None:
            return None
        return {"value": str(quotient), "unit": measure.unit, "numerator": numerator, "denominator": denominator}
    if measure.scale:
        return str(Decimal(value or 0).scaleb(-measure.scale))
    return value or 0


def number(measure: Measure, value: Any) -> Any:
    """A value as one number, for tables and files; None for a ratio without a denominator."""
    told = shown(measure, value)
    return Decimal(told["value"]) if isinstance(told, dict) else Decimal(told) if isinstance(told, str) else told


def words(measure: Measure, value: Any) -> str:
    """How a value is written for people that is no whole number: 93.33% (28 of 30); "" for whole numbers."""
    told = shown(measure, value)
    if isinstance(told, str):
        return told
    if not isinstance(told, dict):
        return ""
    sign = "%" if measure.unit == PERCENT else ""
    return _("%(quotient)s (%(part)s of %(whole)s)") % {
        "quotient": f"{told['value']}{sign}", "part": told["numerator"], "whole": told["denominator"],
    }  # fmt: skip
