"""`docs/states.md`: every table of moves as a diagram, made from the tables themselves and checked for drift."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils import translation

from ceportal.stores.state import PROJECT
from enrollment.records.life import ENDS, Change, Entry, Refusal, live
from enrollment.records.models.changes import ChangeKind
from enrollment.records.models.students import StudentState

PAGE = PROJECT / "docs" / "states.md"
HEAD = """# States and moves

Made by `manage.py moves` from the tables in the code; `make check` finds it out of date. A state without an arrow is final.
"""


def page() -> str:
    with translation.override("en"):
        parts = [HEAD, "## A student's life\n", _diagram(sorted(set(_life()))), *_tables()]
        return "\n".join(parts)


def _tables() -> Iterator[str]:
    """One diagram for each model that has a table of moves, in the order of the apps."""
    for model in apps.get_models():
        moves: dict[Any, set[Any]] = getattr(model, "MOVES", {})
        if not moves:
            continue
        arrows = sorted((str(start), str(end), "") for start, ends in moves.items() for end in ends)
        yield f"## {str(model._meta.verbose_name).capitalize()} (`{model._meta.label}`)\n"
        yield _diagram(arrows)


def _life() -> Iterator[tuple[str, str, str]]:
    """Every state is reached and every change tried there: what the rules let pass is an arrow."""
    entry, first = Entry(dt.date(2024, 9, 1), 1, 1), dt.date(2025, 3, 1)
    roads: dict[Any, list[Change]] = {
        StudentState.ACTIVE: [],
        StudentState.SUSPENDED: [Change(ChangeKind.SUSPEND, first)],
    }
    roads |= {state: [Change(kind, first)] for kind, state in ENDS.items()}
    for state, road in roads.items():
        for kind in ChangeKind:
            try:
                after = live(entry, [*road, Change(kind, dt.date(2025, 9, 1), 2)])
            except Refusal:
                continue
            yield str(state), str(after.state), str(kind)


def _diagram(arrows: list[tuple[str, str, str]]) -> str:
    lines = [f"    {start} --> {end}{f' : {by}' if by else ''}" for start, end, by in arrows]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])
