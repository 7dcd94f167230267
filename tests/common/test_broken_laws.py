"""A broken law of the database is recognised in one place, whatever the server calls it."""

import ast
from types import SimpleNamespace

import pytest
from django.db import DataError, IntegrityError, InternalError, OperationalError, transaction

from common.laws import breaks_a_law, broken_constraint, is_taken
from learning_centers.models import Institution
from tests.architecture.sources import modules


def from_the_server(kind, sentence, constraint_name=None):
    error = kind(sentence)
    error.__cause__ = Exception(sentence)
    error.__cause__.diag = SimpleNamespace(constraint_name=constraint_name)
    return error


@pytest.mark.django_db
def test_the_server_names_the_constraint():
    Institution.objects.create(code="10001", name="甲")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Institution.objects.create(code="10001", name="乙")
    assert broken_constraint(caught.value) == "learning_centers_institution_code_key"
    assert is_taken(caught.value)


def test_the_number_of_a_shard_is_no_part_of_the_name():
    error = from_the_server(IntegrityError, "…", "student_is_in_one_period_a_day_102176")
    assert broken_constraint(error) == "student_is_in_one_period_a_day"


def test_the_sentence_names_what_the_field_does_not():
    sentence = 'conflicting key value violates exclusion constraint "student_is_in_one_period_a_day_102176"'
    error = from_the_server(InternalError, sentence)
    assert broken_constraint(error) == "student_is_in_one_period_a_day"
    assert breaks_a_law(error)
    assert is_taken(error)


def test_a_check_is_broken_but_nothing_is_taken():
    error = from_the_server(InternalError, 'new row for relation "x_102" violates check constraint "x_counts_up_102"')
    assert (broken_constraint(error), breaks_a_law(error), is_taken(error)) == ("x_counts_up", True, False)


def test_a_missing_value_breaks_a_law_without_a_name():
    error = from_the_server(IntegrityError, 'null value in column "name" violates not-null constraint')
    assert (broken_constraint(error), breaks_a_law(error)) == ("", True)


def test_other_errors_break_no_law():
    assert not breaks_a_law(from_the_server(OperationalError, "deadlock detected"))
    assert not breaks_a_law(ValueError('unique constraint "mine"'))


def test_what_a_user_wrote_is_not_taken_for_the_name_of_a_law():
    written = 'unique constraint "student_no_once"'
    assert not breaks_a_law(from_the_server(DataError, f'invalid input syntax for type uuid: "{written}"'))
    quoted = f'null value in column "name" violates not-null constraint\nDETAIL:  Failing row contains ({written}).'
    assert not is_taken(from_the_server(IntegrityError, quoted))


def recognises(tree: ast.Module) -> list[int]:
    """Lines that look at the name of a constraint, or at the class of the error that a broken one has here."""
    names = {"constraint_name", "IntegrityError", "UniqueViolation", "ExclusionViolation", "CheckViolation"}
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in names) or (isinstance(node, ast.Name) and node.id in names)
    ]


def test_nobody_else_recognises_one():
    assert [path.as_posix() for path, tree in modules() if recognises(tree)] == ["common/laws.py"]


def test_planted_recognition_is_caught():
    assert recognises(
        ast.parse("try:\n    save()\nexcept IntegrityError as error:\n    error.diag.constraint_name")
    ) == [3, 4]
