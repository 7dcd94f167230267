"""A status has a table of moves beside its choices, and this one writer."""

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
    present = getattr(fresh, field)
    moves: dict[Any, set[Any]] = getattr(row, "MOVES", {})
    if to not in moves.get(present, ()):
        raise DomainError(
            _("This is not possible: the present state is “%(state)s”.")
            % {"state": getattr(fresh, f"get_{field}_display")()},
            code="move_not_possible",
        )
    setattr(fresh, field, to)
    fresh.save(update_fields=[field])
    setattr(row, field, to)
    return row
