"""Importing and looking at what is stored, for tests of the engine."""

from typing import Any

from exchange.importing import import_file, receive_file, result_of
from exchange.importing.undoing import recorded_models
from exchange.models import ImportBatch
from people.models import PersonPlace
from tests.builders import the_system
from tests.exchange.samples import FOLDER, SCENARIOS, TODAY

OF_THE_ROW_ITSELF = {"id", "public_id", "recorded_in_id", "superseded_in_id", "source_row"}


def brought(kind: str, file: str, content: bytes | None = None, **options: Any) -> ImportBatch:
    content = (FOLDER / file).read_bytes() if content is None else content
    return receive_file(kind, file, content, **{"by": the_system(), "today": TODAY} | options)


def imported(kind: str, file: str, content: bytes | None = None, **options: Any) -> ImportBatch:
    return import_file(brought(kind, file, content, **options))


def import_base() -> list[dict[str, Any]]:
    return [result_of(imported(step["kind"], step["file"])) for step in SCENARIOS["base"]]


def known_today() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is known today, without the keys of rows that an undo writes anew."""
    state = {}
    for model in recorded_models():
        columns = [field.attname for field in model._meta.concrete_fields if field.attname not in OF_THE_ROW_ITSELF]
        rows = model.objects.filter(superseded_in=None).values_list(*columns)
        state[model._meta.label] = sorted(rows, key=repr)
    places = [field.attname for field in PersonPlace._meta.concrete_fields if field.attname != "id"]
    return state | {"places": sorted(PersonPlace.objects.values_list(*places), key=repr)}
