"""The kinds of files that bring admission plans, new students and status changes (docs/files.md §5)."""

from enrollment.admission.imports.applications import APPLICATIONS
from enrollment.admission.imports.plan import ADMISSION_PLAN
from enrollment.records.imports.changes import STATUS_CHANGES
from enrollment.records.imports.students import NEW_STUDENTS
from exchange.kinds import register

register(ADMISSION_PLAN)
register(APPLICATIONS)
register(NEW_STUDENTS)
register(STATUS_CHANGES)
