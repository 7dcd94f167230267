"""Every name given to `enqueue` is a registered task: a misspelt one would wait for ever."""

import ast
from pathlib import Path

from ceportal.celery import app
from tests.architecture.sources import modules


def asked_for(path: Path, tree: ast.Module) -> dict[str, str]:
    """Place → task name of each call of `enqueue`; a name that cannot be read off the module is given as "?"."""
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = {}
    for node in ast.walk(tree):
        name = getattr(getattr(node, "func", None), "attr", None) or getattr(getattr(node, "func", None), "id", None)
        if not isinstance(node, ast.Call) or name != "enqueue":
            continue
        given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "task")][0]
        task = given.value if isinstance(given, ast.Constant) else constants.get(getattr(given, "id", ""), "?")
        found[f"{path}:{node.lineno}"] = task
    return found


def test_every_job_that_is_asked_for_can_be_done():
    app.loader.import_default_modules()
    asked = {place: task for path, tree in modules() for place, task in asked_for(path, tree).items()}
    assert {place: task for place, task in asked.items() if task not in app.tasks} == {}


def test_everything_that_the_clock_asks_for_can_be_done():
    app.loader.import_default_modules()
    assert {tick["task"] for tick in app.conf.beat_schedule.values()} - app.tasks.keys() == set()


def test_planted_names_are_read():
    planted = 'TASK = "reporting.compute"\nenqueue(TASK, by=by)\njobs.enqueue("mispelt", by=by)\nenqueue(task=name)'
    assert asked_for(Path("x.py"), ast.parse(planted)) == {
        "x.py:2": "reporting.compute",
        "x.py:3": "mispelt",
        "x.py:4": "?",
    }
