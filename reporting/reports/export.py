"""Figures as they leave: the JSON of the shell and of files (issue “The first statistics”)."""

import datetime as dt
from typing import Any

from reporting.dimensions import TOTAL, breakdown
from reporting.indicators import INDICATORS, asked
from reporting.models import StatisticsRun


def utc(instant: dt.datetime) -> str:
    """An instant in UTC with microseconds and Z."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def as_json(run: StatisticsRun, *, known_at: dt.datetime | None = None) -> dict[str, Any]:
    """A finished run: the total first, then its breakdowns, zeros left out except in the total."""
    figures = []
    for name in run.breakdowns:
        wanted = breakdown(name)
        for key, values in run.slices.filter(breakdown=name).order_by("position").values_list("key", "values"):
            slice_ = dict(zip(wanted, key, strict=True))
            figures += [
                {"indicator": one, "version": INDICATORS[one].version, "slice": slice_, "value": values.get(one, 0)}
                for one in asked(with_window=run.since is not None)
                if values.get(one) or wanted == TOTAL
            ]
    return {
        "institution": run.institution.code,
        "as_of": run.as_of.isoformat(),
        "since": run.since and run.since.isoformat(),
        "known_at": utc(known_at or run.known_at),
        "figures": figures,
    }
