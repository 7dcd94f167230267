"""The kinds of files that bring admission plans, new students and status changes (docs/files.md §5)."""

from enrollment.imports.applications import APPLICATIONS
from enrollment.imports.changes import STATUS_CHANGES
from enrollment.imports.plan import ADMISSION_PLAN
from enrollment.imports.students import NEW_STUDENTS
from exchange.kinds import register

register(ADMISSION_PLAN)
register(APPLICATIONS)
register(NEW_STUDENTS)
register(STATUS_CHANGES)
