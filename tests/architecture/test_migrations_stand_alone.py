"""A migration must still run when the code has moved on, so it imports nothing of the apps."""

import ast

from tests.architecture.sources import APPS, imports, modules

# What stands in columns and constraints; these names stay where they are.
LASTING = {
    "common.keys": "the default of every public_id",
    "common.crypto": "the column type of sealed text",
    "common.resealing": "how what is stored already is sealed anew",
    "common.ranges": "the expressions of the constraints that exclude overlap",
    "common.dates": "the default of the first day",
}


def borrowed(tree: ast.Module) -> list[str]:
    return [name for _, name in imports(tree) if name.partition(".")[0] in APPS and name not in LASTING]


def test_migrations_import_nothing_of_the_apps():
    found = {path.as_posix(): borrowed(tree) for path, tree in modules(migrations=True)}
    assert {path: names for path, names in found.items() if names} == {}


def test_a_planted_import_is_caught():
    planted = ast.parse("from django.db import migrations\nfrom people.models import Person\nimport common.keys")
    assert borrowed(planted) == ["people.models"]


def test_the_exemptions_are_needed():
    used = {name for _, tree in modules(migrations=True) for _, name in imports(tree)}
    assert LASTING.keys() <= used
