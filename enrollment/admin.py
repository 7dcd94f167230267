from enrollment.admission.admin.applications import ApplicationAdmin
from enrollment.admission.admin.centers import CENTER_ACTS
from enrollment.admission.admin.checklist import ChecklistItemAdmin
from enrollment.admission.admin.places import AdmissionPlaceAdmin, EntryBatchAdmin
from enrollment.duties.admin.watching import EntitlementCheckAdmin, WatchItemAdmin
from enrollment.records.admin.parts import students_at
from enrollment.records.admin.reasons import ReasonAdmin
from enrollment.records.admin.revealing import NumberForm
from enrollment.records.admin.students import StudentAdmin, StudentChangeAdmin
from enrollment.requests.admin.cases import ChangeCaseAdmin
from enrollment.requests.admin.requests import ChangeRequestAdmin

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
