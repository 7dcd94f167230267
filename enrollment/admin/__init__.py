from enrollment.admin.applications import ApplicationAdmin
from enrollment.admin.cases import ChangeCaseAdmin
from enrollment.admin.centers import CENTER_ACTS
from enrollment.admin.checklist import ChecklistItemAdmin
from enrollment.admin.parts import students_at
from enrollment.admin.places import AdmissionPlaceAdmin, EntryBatchAdmin
from enrollment.admin.reasons import ReasonAdmin
from enrollment.admin.requests import ChangeRequestAdmin
from enrollment.admin.revealing import NumberForm
from enrollment.admin.students import StudentAdmin, StudentChangeAdmin
from enrollment.admin.watching import EntitlementCheckAdmin, WatchItemAdmin

__all__ = [
    "CENTER_ACTS",
    "AdmissionPlaceAdmin",
    "ApplicationAdmin",
    "ChangeCaseAdmin",
    "ChangeRequestAdmin",
    "ChecklistItemAdmin",
    "EntitlementCheckAdmin",
    "EntryBatchAdmin",
    "NumberForm",
    "ReasonAdmin",
    "StudentAdmin",
    "StudentChangeAdmin",
    "WatchItemAdmin",
    "students_at",
]
