"""Which law of the database a statement broke, whatever the server calls it and whatever class its error has.

A server that spreads tables over shards adds a number to the names of constraints (`student_entry_once_102176`), leaves the
field of the name empty, and reports what COPY finds as an internal error; the sentence still names the constraint.
"""

import re

from django.db import IntegrityError, InternalError
from psycopg2 import errors

IN_SENTENCE = re.compile(r'(?P<kind>\w+) constraint "(?P<name>\w+)"')
OF_SHARD = re.compile(r"_\d+$")


def broken_constraint(error: BaseException) -> str:
    """The name that the migration gave to the constraint; empty where the error is about something else."""
    report = getattr(error.__cause__, "diag", None)
    name = getattr(report, "constraint_name", None)
    if not name and (told := _told(error)):
        name = told["name"]
    return OF_SHARD.sub("", name or "")


def breaks_a_law(error: BaseException) -> bool:
    """Whether the rows that were written are refused, and not the statement."""
    return isinstance(error, IntegrityError) or bool(broken_constraint(error))


def is_taken(error: BaseException) -> bool:
    """Whether another row has the same key, or excludes this one."""
    if isinstance(error.__cause__, errors.UniqueViolation | errors.ExclusionViolation):
        return True
    told = _told(error)
    return told is not None and told["kind"] in ("unique", "exclusion")


def _told(error: BaseException) -> re.Match[str] | None:
    """What the sentence says. Its first line only: the next ones, and other kinds of errors, quote what a user has written."""
    if not isinstance(error, IntegrityError | InternalError):
        return None
    return IN_SENTENCE.search(str(error).partition("\n")[0])
