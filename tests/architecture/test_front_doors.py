"""An app is entered through its models, querysets, services and reports; the two engines below have no inside."""

import ast
from pathlib import Path

from tests.architecture.sources import APPS, imports, modules

OPEN = {"common", "exchange"}  # kernel and engines: made to be used in every part
DOORS = {"models", "querysets", "services", "reports"}
PACKAGES = {"records", "attachments", "admission", "requests", "duties"}  # of `enrollment`: each has doors of its own
ABOVE = {"ceportal", "demo"}  # wire everything together, and fill it
ALSO_OPEN = {
    "learning_centers.catalogue": "what is offered for a batch: asked by the files of enrollment, row by row",
    "learning_centers.intake": "which centre takes students on a day: asked by the guards of enrollment, too",
    "learning_centers.rules": "limits and switches that staff set: asked by the guards of every app above",
    "learning_centers.study_forms": "which study form admits to which batch, for the import kinds of two apps",
}


def foreign_entries(path: Path, tree: ast.Module) -> list[str]:
    """Imports that enter another app by a side door."""
    own = path.parts[0]
    if own in ABOVE:
        return []
    entered = []
    for line, name in imports(tree):
        app, _, inside = name.partition(".")
        by_door = next((part for part in inside.split(".") if part not in PACKAGES), "") in DOORS
        if app in APPS and app not in OPEN | {own} and not by_door and name not in ALSO_OPEN:
            entered.append(f"{path}:{line} {name}")
    return entered


def test_no_app_is_entered_by_a_side_door():
    assert [entry for path, tree in modules() for entry in foreign_entries(path, tree)] == []


def test_the_named_side_doors_are_used():
    used = {name for path, tree in modules() for _, name in imports(tree) if path.parts[0] != name.partition(".")[0]}
    assert ALSO_OPEN.keys() <= used


def test_a_planted_side_door_is_caught():
    planted = ast.parse("from people.admin import PersonAdmin\nfrom people.models import Person\nimport people.forms")
    inner = ast.parse("import enrollment.records.admin.students\nimport enrollment.records.services.lives")
    assert foreign_entries(Path("reporting/views.py"), inner) == [
        "reporting/views.py:1 enrollment.records.admin.students"
    ]
    assert foreign_entries(Path("enrollment/views.py"), planted) == [
        "enrollment/views.py:1 people.admin",
        "enrollment/views.py:3 people.forms",
    ]
