"""What is looked at before an applicant is admitted: shipped in `checklist.toml`, with what an institution has set beside or
instead (`ChecklistItem`)."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from enrollment.admission.models.applications import ChecklistItem
from learning_centers.models.institutions import local

SHIPPED = Path(__file__).parent / "checklist.toml"


@dataclass(frozen=True)
class Item:
    """`level_path` is empty for all. `source` names the rule that wants it."""

    code: str
    name: str
    name_zh: str
    level_path: str = ""
    is_required: bool = True
    source: str = ""

    def __str__(self) -> str:
        return local(self.name_zh or self.name, self.name)


@cache
def shipped_items() -> tuple[Item, ...]:
    said = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return tuple(Item(code, **values) for code, values in said["items"].items())


def checklists(institution: Any, level_paths: Iterable[str]) -> dict[str, list[Item]]:
    """The items of an application by its level path, in order: the shipped ones and the institution's own.

    A row of the institution stands instead of the shipped item of its code, the row for a level path before one for all; one
    that is switched off is not asked.
    """
    rows: dict[tuple[str, str], ChecklistItem] = {}
    for row in ChecklistItem.objects.current().filter(institution=institution).order_by("pk"):
        rows[row.code, row.level_path] = row
    return {path: _items(rows, path) for path in set(level_paths)}


def _items(rows: dict[tuple[str, str], ChecklistItem], path: str) -> list[Item]:
    shipped = {item.code: item for item in shipped_items() if item.level_path in ("", path)}
    own = [code for code, of in rows if of in ("", path) and code not in shipped]
    found = []
    for code in dict.fromkeys([*shipped, *own]):
        row = rows.get((code, path)) or rows.get((code, ""))
        if row is None:
            found.append(shipped[code])
        elif row.is_used:
            found.append(Item(row.code, row.name, row.name_zh, row.level_path, row.is_required, row.source))
    return found
