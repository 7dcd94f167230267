"""Which rules hold for a student."""

import datetime as dt
from typing import Any

from enrollment.models import Student, StudentPeriod
from learning_centers.rules import rule


def student_rule(name: str, student: Student, on: dt.date) -> Any:
    """The rule as it holds for this student on the day: by school and path of what is studied then, by the centre's province."""
    periods = (
        StudentPeriod.objects.current().filter(student=student).select_related("center", "programme_version__programme")
    )
    there = periods.filter(begin__lte=on).order_by("-position").first() or periods.get(position=1)
    programme = there.programme_version.programme
    return rule(
        name,
        student.institution,
        on=on,
        school_id=programme.school_id,
        province_code=there.center.province_code,
        level_path=programme.level_path,
    )
