"""Every right that code asks for is in a shipped role, or named here as the system's own."""

import ast

import pytest

from common.models import AuditEvent
from people.models import Role
from people.services.roles import ensure_roles, shipped_roles
from tests.architecture.sources import modules
from tests.builders import the_system

SYSTEM_ONLY = {"learning_centers.found_institution": "a new tenant is made by import or by the shell"}
ASKING = {"require", "can", "has_perm"}
VERBS_OF_PAGES = {"verb_to_view", "verb_to_edit"}


def asked(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ASKING:
                found |= {one.value for one in node.args[:2] if isinstance(one, ast.Constant)}
        if isinstance(node, ast.Assign):
            names = {getattr(target, "id", "") for target in node.targets}
            if names & VERBS_OF_PAGES and isinstance(node.value, ast.Constant):
                found.add(node.value.value)
    return {verb for verb in found if isinstance(verb, str) and "." in verb}


def test_every_right_is_in_a_role():
    needed = set().union(*(asked(tree) for _path, tree in modules()))
    shipped = {verb for role in shipped_roles().values() for verb in role["verbs"]}
    assert needed - shipped - SYSTEM_ONLY.keys() == set()
    assert SYSTEM_ONLY.keys() <= needed


def test_a_right_in_no_role_would_be_found():
    assert asked(ast.parse('require(by, "enrollment.do_magic", student)')) == {"enrollment.do_magic"}


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
