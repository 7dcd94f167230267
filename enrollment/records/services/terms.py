"""Which rules hold for a student."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from enrollment.records.models.students import Student, StudentPeriod
from learning_centers.rules import Rulebook


def student_rules(student: Student, on: dt.date, *names: str) -> Callable[[str], Any]:
    """The named rules as they hold for this student on the day: by school and path of what is studied then, by the centre's
    province."""
    periods = (
        StudentPeriod.objects.current().filter(student=student).select_related("center", "programme_version__programme")
    )
    there = periods.filter(begin__lte=on).order_by("-position").first() or periods.get(position=1)
    programme = there.programme_version.programme
    return partial(
        Rulebook.of(student.institution_id, *names).rule,
        on=on,
        school_id=programme.school_id,
        province_code=there.center.province_code,
        level_path=programme.level_path,
    )


def student_rule(name: str, student: Student, on: dt.date) -> Any:
    return student_rules(student, on, name)(name)
