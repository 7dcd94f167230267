"""Two people at one record: whoever saves last must have seen what the other wrote."""

from typing import TypeVar

from django.db import models
from django.utils.translation import gettext as _

from common.errors import DomainError

Row = TypeVar("Row", bound=models.Model)


def lock_as_seen(row: Row, seen: int | None = None) -> Row:
    """A fresh copy of the row, locked for this transaction. `seen` is the `version` that the editor was shown; a row that has
    grown since raises DomainError `stale` and nothing is overwritten. None = the caller has shown nothing to anybody."""
    fresh = type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if is_stale(fresh, seen):
        raise DomainError(
            _("Somebody else has changed this meanwhile. Look at it again before you go on."), code="stale"
        )
    return fresh


def is_stale(fresh: models.Model, seen: int | None) -> bool:
    return seen is not None and seen != fresh.version  # type: ignore[attr-defined]  # rows that two people edit
