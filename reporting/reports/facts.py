"""Statements over the rows of a question's family; `WITH` and the family's tables are put before them."""

from typing import Any

from django.db import connection, transaction

from common.families import Question


def fetch(question: Question, statement: str, **more: Any) -> list[tuple[Any, ...]]:
    """Run a statement over the family's tables and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(_with(question, statement), question.parameters | more)
        return cursor.fetchall()


@transaction.atomic
def fetch_many(question: Question, statement: str) -> list[tuple[Any, ...]]:
    """The same for a statement that reads most of the rows: the planner, which cannot know that, is kept from joining them
    one by one, and the sums are kept in memory."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        cursor.execute(_with(question, statement), question.parameters)
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL jit TO DEFAULT; SET LOCAL work_mem TO DEFAULT")
        return rows


def rendered(question: Question, statement: str, **more: Any) -> str:
    """The same as text without parameters, to stand as a subquery in a queryset (percent signs doubled)."""
    with connection.cursor() as cursor:
        text = cursor.mogrify(_with(question, statement), question.parameters | more)
    return text.decode().replace("%", "%%")


def _with(question: Question, statement: str) -> str:
    """A statement may begin with tables of its own, behind a comma."""
    tables = question.family.tables
    if tables:
        return f"WITH {tables} {statement}"
    return f"WITH {statement.lstrip().removeprefix(',')}" if statement.lstrip().startswith(",") else statement
