"""Every right that code asks for is in a shipped role, and no role names a right that nobody asks for."""

import ast
from collections.abc import Iterator

import pytest

from common.models import AuditEvent
from people.models import Role
from people.services.roles import ensure_roles, shipped_roles
from tests.architecture.sources import modules
from tests.builders import the_system

ASKING = {"require": 1, "can": 1, "visible_to": 1, "institutions": 0, "holds": 0}
"""Function → position of the right among its arguments (`visible_to` is a method: its first argument is the user)."""
SYSTEM_ONLY = {"learning_centers.found_institution": "a new tenant is made by import or by the shell"}


def asked(tree: ast.Module) -> Iterator[str]:
    """Rights in calls that ask, in `verb_to_…` of the admin, and in membership tests on a reach's verbs."""
    constants = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    def text(node: ast.expr) -> str | None:
        value = node.value if isinstance(node, ast.Constant) else constants.get(getattr(node, "id", ""))
        return value if isinstance(value, str) and "." in value else None

    for node in ast.walk(tree):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            position = ASKING.get(name)
            found = node.args[position : position + 1] if position is not None else []
        elif isinstance(node, ast.Assign):
            names = [getattr(target, "id", "") for target in node.targets]
            found = [node.value] if any(name == "RIGHT" or name.startswith("verb_to_") for name in names) else []
        elif isinstance(node, ast.Compare) and getattr(node.comparators[0], "attr", "") == "verbs":
            found = [node.left]
        yield from (right for right in map(text, found) if right)


def all_asked() -> set[str]:
    return {right for _, tree in modules() for right in asked(tree)}


def all_held() -> set[str]:
    return {right for role in shipped_roles().values() for right in role["verbs"]}


def test_every_right_is_held_by_some_role():
    assert all_asked() - all_held() - SYSTEM_ONLY.keys() == set()
    assert SYSTEM_ONLY.keys() <= all_asked()


def test_no_role_names_a_right_that_nobody_asks_for():
    assert all_held() - all_asked() == set()


def test_planted_questions_are_read():
    planted = """
RIGHT = "people.merge_persons"
require(by, "a.verb", row) ; can(user, RIGHT) ; rows.visible_to(user, "b.verb") ; user.institutions("c.verb")
class Admin: verb_to_view = "d.verb"
any("e.verb" in reach.verbs for reach in reaches)
"""
    assert set(asked(ast.parse(planted))) == {"a.verb", "people.merge_persons", "b.verb", "c.verb", "d.verb", "e.verb"}


def test_duties_are_separate():
    roles = {code: set(role["verbs"]) for code, role in shipped_roles().items()}
    assert not any(verb.startswith(("people.view", "people.reveal", "enrollment.")) for verb in roles["sysadmin"])
    assert roles["auditor"] == {"admin.enter", "common.view_trail"}
    assert "common.view_trail" not in roles["registrar"]
    assert not any(verb.startswith("people.manage") for verb in roles["registrar"])


@pytest.mark.django_db
def test_missing_roles_are_made_once_and_changed_ones_stay():
    assert set(ensure_roles(by=the_system())) == shipped_roles().keys()
    Role.objects.filter(code="coordinator").update(verbs=["admin.enter"])
    assert ensure_roles(by=the_system()) == []
    assert ensure_roles(by=the_system(), reset=True) == ["coordinator"]
    assert Role.objects.get(code="coordinator").verbs == shipped_roles()["coordinator"]["verbs"]
    assert AuditEvent.objects.filter(verb="people.ensure_roles").count() == 2
