"""The timeline of a centre: periods that cover all days, rewritten from a day on (docs/architecture.md §2.1)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from common.dates import today
from learning_centers.models import CenterPeriod, Institution, LearningCenter
from learning_centers.services.naming import begun_day


@dataclass(frozen=True, kw_only=True)
class Period:
    """One row of the timeline as a value; `key` is its row, None once it differs."""

    begin: dt.date | None
    end: dt.date | None
    name: str
    school_id: int
    type: str
    host_id: int | None
    site_id: int | None
    status: str
    key: int | None = None


COLUMNS = ("begin", "end", "name", "school_id", "type", "host_id", "site_id", "status")


def timeline(center: LearningCenter) -> list[Period]:
    rows = CenterPeriod.objects.current().filter(center=center).values("pk", *COLUMNS)
    periods = [Period(key=row.pop("pk"), **row) for row in rows]
    return sorted(periods, key=lambda period: period.begin or dt.date.min)


def on_day(periods: Sequence[Period], day: dt.date) -> Period:
    return next(period for period in periods if _holds(period, day))


def change_from(periods: Sequence[Period], on: dt.date, **changes: Any) -> list[Period]:
    """The timeline with these values from `on`, each until the day from which something else was recorded before."""
    for name, value in changes.items():
        before = getattr(on_day(periods, on), name)
        changed: list[Period] = []
        applies = False
        for period in _cut(periods, on):
            applies = period.begin == on or (applies and getattr(period, name) == before)
            changed.append(replace(period, key=None, **{name: value}) if applies else period)
        periods = changed if value != before else periods
    return list(periods)


def _cut(periods: Sequence[Period], on: dt.date) -> Iterator[Period]:
    for period in periods:
        if _holds(period, on) and period.begin != on:
            yield replace(period, key=None, end=on)
            yield replace(period, key=None, begin=on)
        else:
            yield period


def change_periods(center: LearningCenter, on: dt.date, entry: Any, **changes: Any) -> None:
    """Write `change_from` for a centre that the caller has locked, and bring its projection up to date."""
    before = timeline(center)
    write_timeline(center, before, change_from(before, on, **changes), entry)


def status_from(periods: Sequence[Period], on: dt.date | None, status: str) -> list[Period]:
    """The timeline in which this status holds from `on` (None = since ever) without end, whatever was recorded later."""
    cut = periods if on is None else _cut(periods, on)
    return [
        replace(period, key=None, status=status)
        if period.status != status and (on is None or (period.begin is not None and period.begin >= on))
        else period
        for period in cut
    ]


def handed_on(periods: Sequence[Period], on: dt.date, former: int, successor: int) -> list[Period]:
    """The timeline in which another school has what belongs to the former one on that day or later."""
    return [
        replace(period, key=None, school_id=successor)
        if period.school_id == former and period.begin is not None and period.begin >= on
        else period
        for period in (_cut(periods, on) if on_day(periods, on).school_id == former else periods)
    ]


def corrected(periods: Sequence[Period], **values: Any) -> list[Period]:
    """The timeline in which the last period always had these values wherever it had the same wrong ones."""
    last = periods[-1]
    wrong = {name: getattr(last, name) for name, value in values.items() if getattr(last, name) != value}
    return [
        replace(period, key=None, **{name: values[name] for name in mistaken}) if mistaken else period
        for period in periods
        for mistaken in [[name for name, value in wrong.items() if getattr(period, name) == value]]
    ]


def write_timeline(
    center: LearningCenter, before: Sequence[Period], after: Sequence[Period], entry: Any, source_row: int | None = None
) -> None:
    """Supersede the periods that are gone and write the new ones; the caller has locked the centre."""
    kept = {period.key for period in after}
    gone = [period.key for period in before if period.key and period.key not in kept]
    CenterPeriod.objects.filter(pk__in=gone).supersede(entry.id)
    CenterPeriod.objects.bulk_create(
        CenterPeriod(
            institution_id=center.institution_id,
            center=center,
            recorded_in_id=entry.id,
            source_row=source_row,
            **{column: getattr(period, column) for column in COLUMNS},
        )
        for period in after
        if period.key is None
    )
    project_centers(center.institution, [center.pk])


def project_centers(institution: Institution, keys: Sequence[int] | None = None) -> int:
    """Bring name, school, status and province of the centres up to today's period; returns how many it touched.

    Called with every change, and nightly by `project_all_centers`.
    """
    periods = CenterPeriod.objects.current().on(today(institution)).filter(institution=institution)
    if keys is not None:
        periods = periods.filter(center__in=keys)
    stale = []
    columns = ("name", "school_id", "status", "province_code")
    for period in periods.select_related("center", "site"):
        center = period.center
        province = period.site.province_code if period.site else ""
        if center.name != period.name:
            center.name_en = ""  # that of the earlier name
        present = (period.name, period.school_id, period.status, province)
        if present != tuple(getattr(center, column) for column in columns):
            for column, value in zip(columns, present, strict=True):
                setattr(center, column, value)
            stale.append(center)
    if stale:
        with begun_day(institution):
            LearningCenter.objects.bulk_update(
                stale, ["name", "name_en", "school", "status", "province_code"], batch_size=500
            )
    return len(stale)


def project_all_centers() -> int:
    """For periods that begin by themselves, say a move that was planned: every institution's day, soon after midnight."""
    return sum(project_centers(institution) for institution in Institution.objects.all())


def _holds(period: Period, day: dt.date) -> bool:
    return (period.begin is None or period.begin <= day) and (period.end is None or period.end > day)
