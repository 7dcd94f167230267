from common.admin.acting import Act, ActForm, ActingAdmin, DayField, ManyAct, Outcome, act_on
from common.admin.ledger import AuditEventAdmin, RecordingAdmin
from common.admin.scoped import Crumb, DayInput, Fact, RecordAdmin, ScopedAdmin, Table, part_of, recorded, row_link

__all__ = [
    "Act",
    "ActForm",
    "ActingAdmin",
    "AuditEventAdmin",
    "Crumb",
    "DayField",
    "DayInput",
    "Fact",
    "ManyAct",
    "Outcome",
    "RecordAdmin",
    "RecordingAdmin",
    "ScopedAdmin",
    "Table",
    "act_on",
    "part_of",
    "recorded",
    "row_link",
]
