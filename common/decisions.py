"""What needs a decision today: each app registers in `decisions.py` what it shows on the first page of the registrar's site."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from common.menu import in_order
from common.registry import Registry

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


@dataclass(frozen=True)
class DecisionSource:
    """`decisions(user)` yields what the user may act on or see, and nothing to others."""

    name: str
    position: int
    decisions: Callable[[Any], Iterator[Decision]]


DECISIONS: Registry[DecisionSource] = Registry("decision")


def decisions_for(user: Any) -> list[Decision]:
    return [decision for source in in_order(DECISIONS.values()) for decision in source.decisions(user)]


def page(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.public_id,))


def rows_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
