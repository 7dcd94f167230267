"""Taking a whole import back: what it wrote is superseded, what it superseded is written anew, nothing is deleted.

Refused while something later depends on it; `dependents` lists what does. Keys that the file brought become free.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.access import can, require
from common.audit import AuditNote, write_audit
from common.bulk import copy_rows
from common.errors import DomainError
from common.keys import new_public_id
from common.ledger import OpenRecording, recording
from common.models import Recorded, Recording
from common.transitions import move, require_move
from exchange.importing.deciding import UNDO_WAITS, may_decide_undo, second_person_needed, second_person_of
from exchange.importing.footprint import Footprint
from exchange.importing.store import Store
from exchange.importing.turns import Turn, by_turns, locked_batch
from exchange.kinds import kind_named
from exchange.models import ImportBatch, Overwrite, RestoredRow

RIGHT = "exchange.undo_import"
ASK = "exchange.ask_to_undo"
A_DAY = dt.timedelta(days=1)
MOST_EXAMPLES = 50


@dataclass(frozen=True)
class Dependent:
    """Something later that stands on what the batch wrote; `table` and `key` name the row."""

    table: str
    key: int
    reason: str


class HasDependents(DomainError):
    def __init__(self, found: Sequence[Dependent]) -> None:
        super().__init__(_("Something later depends on this import."), code="import_has_dependents", count=len(found))
        self.dependents = found


def recorded_models() -> list[type[Recorded]]:
    """Every table of versioned rows, those that others point to first."""
    waiting = [model for model in apps.get_models() if issubclass(model, Recorded)]
    ordered: list[type[Recorded]] = []
    while waiting:
        ready = [model for model in waiting if not _parents(model) & set(waiting) - {model}]
        ordered += ready or waiting
        waiting = [model for model in waiting if model not in ordered]
    return ordered


def _parents(model: type[models.Model]) -> set[Any]:
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}


def recordings_of(batch: ImportBatch) -> dict[int, list[int]]:
    """Recordings of the batch by institution."""
    found: dict[int, list[int]] = defaultdict(list)
    for key, institution in Recording.objects.filter(source=batch.public_id).values_list("pk", "institution_id"):
        found[institution].append(key)
    return found


def dependents(batch: ImportBatch) -> list[Dependent]:
    """What was written later and stands on the batch: at most some examples of each table."""
    footprint = Footprint([key for keys in recordings_of(batch).values() for key in keys])
    found: list[Dependent] = []
    for model in recorded_models():
        found += _examples(model, footprint.changed_later(model), gettext("changed later"))
        found += [one for field in _pointers(model) for one in _pointing(field, model, footprint)]
    found += [
        Dependent(one.table, one.key, gettext("%(column)s changed later") % {"column": one.column})
        for one in Overwrite.objects.filter(recording__in=footprint.made).order_by("-pk")
        if _present(one) != one.after and not _overwritten_again(one, footprint.made)
    ]
    return found + [Dependent(*one) for one in _store_of(batch).blocking(footprint)]


def _pointers(model: type[models.Model]) -> Iterator[Any]:
    for relation in model._meta.related_objects:
        if not relation.related_model._meta.abstract and not relation.many_to_many:
            yield relation.field


def _pointing(field: Any, model: type[Recorded], footprint: Footprint) -> list[Dependent]:
    if not field.editable:  # a projection: it follows the rows it is made from, which are asked themselves
        return []
    rows = field.model._base_manager.filter(**{f"{field.name}__in": footprint.written(model)})
    if issubclass(field.model, Recorded):
        rows = footprint.outside(field.model).filter(pk__in=rows, superseded_in__isnull=True)
    return _examples(field.model, rows, gettext("refers to it"))


def _examples(model: type[models.Model], rows: Any, reason: str) -> list[Dependent]:
    keys = rows.order_by("pk").values_list("pk", flat=True)[:MOST_EXAMPLES]
    return [Dependent(model._meta.label_lower, key, reason) for key in keys]


def _present(one: Overwrite) -> Any:
    model = apps.get_model(one.table)
    return model._base_manager.filter(pk=one.key).values_list(one.column, flat=True).first()


def _overwritten_again(one: Overwrite, made: Sequence[int]) -> bool:
    again = Overwrite.objects.filter(table=one.table, key=one.key, column=one.column, pk__gt=one.pk)
    return again.filter(recording__in=made).exists()


def _store_of(batch: ImportBatch) -> type[Store]:
    store = kind_named(batch.kind).store
    assert store is not None
    return store


def undo_import(batch: ImportBatch, *, by: Any) -> ImportBatch:
    """Take the batch back, all that it has stored. Right: `exchange.undo_import`; where it takes two people, the second one has
    the right of the kind's second person, and another one has asked (`ask_to_undo`).

    Raises NotAllowed, HasDependents, and DomainError `second_person`, `move_not_possible` or `busy`.
    """
    return by_turns(partial(_try_undo, batch, by))


@transaction.atomic
def ask_to_undo(batch: ImportBatch, *, by: Any) -> ImportBatch:
    """The first of two people asks for a batch to be taken back. Right: `exchange.undo_import`. Raises NotAllowed, HasDependents,
    and DomainError `move_not_possible`."""
    batch = locked_batch(batch)
    _require_everywhere(batch, recordings_of(batch), by)
    require_move(batch, ImportBatch.State.UNDONE)
    if found := dependents(batch):
        raise HasDependents(found)
    ImportBatch.objects.filter(pk=batch.pk).update(undo_asked_by=by)
    write_audit([AuditNote(ASK, batch)], by=by, institution_id=batch.institution_id)
    if known := second_person_of(batch):
        batch.undo_asked_by = by
        known.tell(batch, UNDO_WAITS)
    return batch


def undo_takes_two(batch: ImportBatch, by: Any) -> bool:
    """Whether `by` cannot take the batch back alone; the system user can."""
    if by.is_system or second_person_of(batch) is None:
        return False
    since = batch.finished_at or batch.uploaded_at
    is_own_slip = batch.uploaded_by_id == by.pk and timezone.now() - since < A_DAY
    store = _store_of(batch)
    return batch.needs_second_person or any(
        store.undo_is_guarded(Footprint(made), institution_id=institution, is_own_slip=is_own_slip)
        for institution, made in recordings_of(batch).items()
    )


def _require_everywhere(batch: ImportBatch, made: Iterable[int], by: Any) -> dict[int, Any]:
    """The right in every institution to which the batch has brought something; returns those."""
    model = ImportBatch._meta.get_field("institution").related_model
    institutions = model._default_manager.in_bulk(list(made))
    for institution in institutions.values():
        require(by, RIGHT, institution)
    if not institutions:
        require(by, RIGHT, batch.institution)
    return institutions


def _try_undo(batch: ImportBatch, by: Any, turn: Turn) -> ImportBatch:
    batch = locked_batch(batch)
    made = recordings_of(batch)
    takes_two = undo_takes_two(batch, by)
    institutions = _institutions_to_undo(batch, made, by, takes_two=takes_two)
    batch.undone_by, batch.undo_asked_by = by, batch.undo_asked_by if takes_two else None
    batch.save(update_fields=["undone_by", "undo_asked_by"])
    move(batch, ImportBatch.State.UNDONE)
    turn.begin()
    turn.take(made)
    if found := dependents(batch):
        raise HasDependents(found)
    with ExitStack() as stack:
        for key in sorted(made, reverse=True):
            terms = {"by": by, "reason": RIGHT, "undoes": max(made[key])}
            entry = stack.enter_context(recording(institutions[key], **terms))
            _undo(entry, Footprint(made[key]))
            _store_of(batch).undone(made[key], entry, institutions[key])
            entry.note(RIGHT, batch)
    turn.settle(made)
    return batch


def _institutions_to_undo(batch: ImportBatch, made: Iterable[int], by: Any, *, takes_two: bool) -> dict[int, Any]:
    """Raises DomainError `second_person` where nobody else has asked; who asked must hold the right still."""
    if not takes_two:
        return _require_everywhere(batch, made, by)
    if batch.undo_asked_by is None or not may_decide_undo(batch, by):
        if not can(by, _verb_to_decide(batch), batch):
            _require_everywhere(batch, made, by)
        raise second_person_needed()
    return _require_everywhere(batch, made, batch.undo_asked_by)


def _verb_to_decide(batch: ImportBatch) -> str:
    known = second_person_of(batch)
    return known.verb if known else RIGHT


def _undo(entry: OpenRecording, footprint: Footprint) -> None:
    again: dict[tuple[type[models.Model], int], int] = {}
    for model in recorded_models():
        footprint.standing(model).update(superseded_in_id=entry.id)
    for model in recorded_models():
        rows = list(footprint.replaced(model))
        keys = [row.pk for row in rows]
        origins = _origins(model, rows)
        for row in rows:
            _copy(row, entry.id, again)
        written = model._default_manager.bulk_create(rows, batch_size=2000)
        copies = {key: row.pk for key, row in zip(keys, written, strict=True)}
        again |= {(model, key): copy for key, copy in copies.items()}
        label = model._meta.label_lower
        copy_rows(
            RestoredRow,
            ("recording_id", "table", "key", "instead_of", "origin_id"),
            [(entry.id, label, copy, key, origins[key]) for key, copy in copies.items()],
        )
    for one in Overwrite.objects.filter(recording__in=footprint.made).order_by("-pk"):
        apps.get_model(one.table)._base_manager.filter(pk=one.key).update(**{one.column: one.before})


def _origins(model: type[Recorded], rows: Sequence[Any]) -> dict[int, int]:
    """The recordings that first wrote these rows."""
    restored = RestoredRow.objects.filter(table=model._meta.label_lower, key__in=[row.pk for row in rows])
    return {row.pk: row.recorded_in_id for row in rows} | dict(restored.values_list("key", "origin"))


def _copy(row: Any, recording_id: int, again: dict[tuple[type[models.Model], int], int]) -> None:
    """Turn a loaded row into a new one of this recording; what it points to may have been written anew as well."""
    row.pk, row._state.adding = None, True
    if hasattr(row, "public_id"):
        row.public_id = new_public_id()
    row.recorded_in_id, row.superseded_in_id, row.source_row = recording_id, None, None
    for field in row._meta.concrete_fields:
        if field.is_relation and (key := again.get((field.related_model, getattr(row, field.attname)))):
            setattr(row, field.attname, key)
