from enrollment.models.admission import AdmissionPlace, EntryBatch
from enrollment.models.changes import StudentChange
from enrollment.models.students import Student, StudentEntry, StudentPeriod

__all__ = ["AdmissionPlace", "EntryBatch", "Student", "StudentChange", "StudentEntry", "StudentPeriod"]
