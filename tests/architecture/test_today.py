"""The calendar is asked in one place, and only the simulation and the demo may turn its leaves back."""

import ast

import pytest

from tests.architecture.sources import modules

THE_CALENDAR = "common/dates.py"
MAY_CHOOSE_A_DAY = "demo"


def days_asked(tree: ast.Module) -> list[int]:
    """Lines that ask a clock for a day, like `date.today()` or `timezone.localdate()`."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"today", "localdate"}
    ]


def days_chosen(tree: ast.Module) -> list[int]:
    """Lines that bring `as_on` in."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "common.dates"
        and any(alias.name == "as_on" for alias in node.names)
    ]


def test_nobody_asks_another_calendar():
    asked = {str(path) for path, tree in modules() if days_asked(tree)}
    assert asked == {THE_CALENDAR}


def test_only_the_demo_chooses_a_day():
    assert {path.parts[0] for path, tree in modules() if days_chosen(tree)} <= {MAY_CHOOSE_A_DAY}


@pytest.mark.parametrize("planted", ["date.today()", "dt.date.today()", "timezone.localdate(timezone=zone)"])
def test_another_calendar_is_found(planted):
    assert days_asked(ast.parse(planted))


def test_a_chosen_day_is_found():
    assert days_chosen(ast.parse("from common.dates import as_on, today"))
    assert not days_chosen(ast.parse("from common.dates import today"))
