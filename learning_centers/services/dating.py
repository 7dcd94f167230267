"""How a dated row gives way to the next one: superseded and written anew, never changed (docs/architecture.md §2.1)."""

import datetime as dt
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from common.errors import DomainError


def end_row(row: models.Model, on: dt.date, recording_id: int) -> None:
    """Write the row anew with this end; the row as it was stays known up to this recording."""
    columns = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    values = {name: getattr(row, name) for name in columns}
    type(row)._base_manager.filter(pk=row.pk).update(superseded_in_id=recording_id)
    type(row)._base_manager.create(**values | {"end": on, "recorded_in_id": recording_id, "superseded_in_id": None})


def require_news(rows: Any, on: dt.date, **values: Any) -> None:
    """Raises DomainError `nothing_changes` where this is what holds on that day already."""
    if rows.current().on(on).filter(**values).exists():
        raise DomainError(_("This is so on that day already."), code="nothing_changes")


def succeed(rows: Any, on: dt.date, recording_id: int, **values: Any) -> models.Model:
    """From `on` something else holds: the row of that day ends, a new one begins and lasts as long as it would have.

    Raises DomainError `change_not_possible` where a later row is already known: that one has to be corrected first.
    """
    present = rows.current().on(on).first()
    if rows.current().filter(begin__gt=on).exists():
        raise DomainError(_("Something later is already recorded here."), code="change_not_possible")
    if present is not None:
        if present.begin == on:
            rows.current().filter(pk=present.pk).supersede(recording_id)
        else:
            end_row(present, on, recording_id)
    end = present.end if present is not None else None
    return rows.model._base_manager.create(begin=on, end=end, recorded_in_id=recording_id, **values)
