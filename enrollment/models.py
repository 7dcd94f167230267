from enrollment.admission.models.applications import Application, ApplicationCheck, ApplicationStep, ChecklistItem
from enrollment.admission.models.places import AdmissionPlace, BatchWindow, EntryBatch, ProvincialPlan
from enrollment.attachments.models.attachments import Attachment
from enrollment.duties.models.duties import EntitlementCheck, WatchItem, YearlyRegistration
from enrollment.records.models.changes import StudentChange
from enrollment.records.models.reasons import ReasonSetting
from enrollment.records.models.students import Student, StudentEntry, StudentPeriod
from enrollment.requests.models.requests import ChangeCase, ChangeRequest, RequestParty, RequestStep

__all__ = [
    "AdmissionPlace",
    "Application",
    "ApplicationCheck",
    "ApplicationStep",
    "Attachment",
    "BatchWindow",
    "ChangeCase",
    "ChangeRequest",
    "ChecklistItem",
    "EntitlementCheck",
    "EntryBatch",
    "ProvincialPlan",
    "ReasonSetting",
    "RequestParty",
    "RequestStep",
    "Student",
    "StudentChange",
    "StudentEntry",
    "StudentPeriod",
    "WatchItem",
    "YearlyRegistration",
]
