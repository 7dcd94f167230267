"""A status has one writer: `common.transitions.move`, or the one module that the table below names."""

import ast
from pathlib import Path

from tests.architecture.sources import modules

NAMES = {"status", "state"}
WRITERS = {
    "common/transitions.py": "the writer",
    "exchange/jobs.py": "a job's state goes with its lock and its attempts, in single statements",
}


def writes(tree: ast.Module) -> list[int]:
    """Lines that assign to `.status`/`.state` or set it in an `update(…)`."""
    lines = []
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            lines += [node.lineno for one in targets if isinstance(one, ast.Attribute) and one.attr in NAMES]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            lines += [node.lineno for keyword in node.keywords if keyword.arg in NAMES]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            lines += [node.lineno for one in node.args if isinstance(one, ast.Constant) and one.value in NAMES]
    return lines


def writers() -> dict[str, list[int]]:
    found = {path.as_posix(): writes(tree) for path, tree in modules()}
    return {path: lines for path, lines in found.items() if lines}


def test_nobody_else_writes_a_status():
    assert {path: lines for path, lines in writers().items() if path not in WRITERS} == {}


def test_the_exemptions_are_needed():
    assert {path for path in WRITERS if path != "common/transitions.py"} <= writers().keys()
    assert Path("common/transitions.py").exists()


def test_planted_writers_are_caught():
    planted = """
student.status = "graduated"
Job.objects.filter(pk=1).update(state="done", attempts=2)
setattr(batch, "status", "done")
student.statuses = [] ; row.update(statement=1) ; state = 3
"""
    assert sorted(writes(ast.parse(planted))) == [2, 3, 4]
