"""A status has a table of moves beside its choices, and this one writer."""

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from common.errors import DomainError


@transaction.atomic
def move(row: models.Model, to: Any, *, field: str = "status") -> models.Model:
    """Lock the row, check the move against the model's `MOVES`, save; raises DomainError `move_not_possible`.

    The caller is a service: it has asked for the right and writes the audit note.
    """
    fresh = type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)
    _check(row, fresh, to, field)
    setattr(fresh, field, to)
    fresh.save(update_fields=[field])
    setattr(row, field, to)
    return row


def require_move(row: models.Model, to: Any, *, field: str = "status") -> None:
    """Raises DomainError `move_not_possible` where `move` would. The caller has locked the row."""
    _check(row, row, to, field)


@transaction.atomic
def move_all(rows: Sequence[models.Model], to: Any, *, field: str = "status", also: Sequence[str] = ()) -> None:
    """`move` for many rows of one model at once; the fields named in `also` are written from the given rows in the same
    statement. Raises DomainError `move_not_possible` if one of them cannot, and then moves none."""
    if not rows:
        return
    model = type(rows[0])
    present = model._base_manager.select_for_update(of=("self",)).order_by("pk").in_bulk([row.pk for row in rows])
    for row in rows:
        _check(row, present[row.pk], to, field)
    for row in rows:
        setattr(row, field, to)
    model._base_manager.bulk_update(rows, [field, *also], batch_size=2000)


def _check(row: models.Model, fresh: models.Model, to: Any, field: str) -> None:
    moves: dict[Any, set[Any]] = getattr(row, "MOVES", {})
    if to not in moves.get(getattr(fresh, field), ()):
        raise DomainError(
            _("This is not possible: the present state is “%(state)s”.")
            % {"state": getattr(fresh, f"get_{field}_display")()},
            code="move_not_possible",
        )
