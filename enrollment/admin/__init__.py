from enrollment.admin.parts import students_at
from enrollment.admin.places import AdmissionPlaceAdmin, EntryBatchAdmin
from enrollment.admin.students import StudentAdmin, StudentChangeAdmin

__all__ = ["AdmissionPlaceAdmin", "EntryBatchAdmin", "StudentAdmin", "StudentChangeAdmin", "students_at"]
