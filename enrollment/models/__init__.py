from enrollment.models.admission import AdmissionPlace, BatchWindow, EntryBatch, ProvincialPlan
from enrollment.models.applications import Application, ApplicationCheck, ApplicationStep, ChecklistItem
from enrollment.models.attachments import Attachment
from enrollment.models.changes import StudentChange
from enrollment.models.duties import EntitlementCheck, WatchItem, YearlyRegistration
from enrollment.models.reasons import ReasonSetting
from enrollment.models.requests import ChangeCase, ChangeRequest, RequestParty, RequestStep
from enrollment.models.students import Student, StudentEntry, StudentPeriod

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
