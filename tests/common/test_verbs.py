"""Whoever reads the trail, a role or a job reads words: every verb that ceportal uses has some."""

import ast
import re
from collections.abc import Iterator

from common.verbs import VERBS, verb_label
from people.services.roles import shipped_roles
from tests.architecture.sources import modules

VERB = re.compile(r"[a-z_]+\.[a-z_]+")


def verbs_written(tree: ast.Module) -> Iterator[str]:
    """The first argument of an AuditNote, the reason of a recording, and the name of a job's task."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        said = node.args[:1] if name in {"AuditNote", "job_task"} else []
        said += [one.value for one in node.keywords if (name, one.arg) == ("recording", "reason")]
        for value in said:
            yield from (
                one.value for one in ast.walk(value) if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )


def test_every_verb_of_trail_and_job_is_put_in_words():
    written = {verb for _path, tree in modules() for verb in verbs_written(tree) if VERB.fullmatch(verb)}
    assert len(written) > 30
    assert written - VERBS.keys() == set()


def test_every_right_of_a_shipped_role_is_put_in_words():
    assert {verb for role in shipped_roles().values() for verb in role["verbs"]} - VERBS.keys() == set()


def test_a_verb_without_words_is_shown_as_it_is():
    assert verb_label("people.dance") == "people.dance"
