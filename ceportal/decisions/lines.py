"""A line of the first page: a headline that leads to its list, and the first few records."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

LINES = 5


@dataclass(frozen=True)
class Line:
    label: Any
    url: str = ""


@dataclass(frozen=True)
class Decision:
    """A headline with a link and the first few records; `level` is wrong, warn or empty."""

    title: str
    url: str
    level: str = ""
    lines: list[Line] = field(default_factory=list)


def page(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.public_id,))


def rows_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
