"""Every right that the code asks for is in some role that comes with ceportal, and no role names a right that nobody asks for."""

import ast
from collections.abc import Iterator

from people.services.roles import shipped_roles
from tests.architecture.sources import modules

ASKING = {"require": 1, "require_all": 1, "can": 1, "visible_to": 1, "institutions": 0, "holds": 0}
"""Function → position of the right among its arguments."""
PAGES = {"verb", "door"}
NOT_YET = {
    **dict.fromkeys(
        (
            *("enrollment.waive_consent", "enrollment.approve_change", "enrollment.return_change"),
            *("enrollment.reject_change", "enrollment.consent_change"),
        ),
        "changes by request",
    ),
}
"""Right → who will ask for it."""
OF_NO_ROLE = {"learning_centers.found_institution": "the operator's, in the shell or by a first import"}


def asked(tree: ast.Module) -> Iterator[str]:
    """Rights in calls that ask, in `verb_to_…` of the admin, in `verb` and `door` of a page, and in tests on a reach's verbs."""
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
            # visible_to is a method: its first argument is the user
            found = node.args[position : position + 1] if position is not None else []
            if name == "ApprovalKind":
                found = node.args[:2]  # the right to ask, and the right to decide
        elif isinstance(node, ast.Assign):
            names = [getattr(target, "id", "") for target in node.targets]
            found = [node.value] if any(name.startswith("verb_to_") or name in PAGES for name in names) else []
        elif isinstance(node, ast.Compare) and getattr(node.comparators[0], "attr", "") == "verbs":
            found = [node.left]
        yield from (right for right in map(text, found) if right)


def all_asked() -> set[str]:
    return {right for _, tree in modules() for right in asked(tree)}


def all_held() -> set[str]:
    return {right for role in shipped_roles().values() for right in role["verbs"]}


def test_every_right_is_held_by_some_role():
    assert all_asked() - all_held() == OF_NO_ROLE.keys()


def test_no_role_names_a_right_that_nobody_asks_for():
    assert all_held() - all_asked() - NOT_YET.keys() == set()


def test_planted_questions_are_read():
    planted = """
RIGHT = "people.merge_persons"
require(by, "a.verb", row) ; can(user, RIGHT) ; rows.visible_to(user, "b.verb") ; user.institutions("c.verb")
class Admin: verb_to_view = "d.verb"
any("e.verb" in reach.verbs for reach in reaches)
"""
    assert set(asked(ast.parse(planted))) == {"a.verb", "people.merge_persons", "b.verb", "c.verb", "d.verb", "e.verb"}
