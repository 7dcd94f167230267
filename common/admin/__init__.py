from common.admin.ledger import AuditEventAdmin, RecordingAdmin
from common.admin.scoped import Crumb, DayInput, Fact, RecordAdmin, ScopedAdmin, Table, part_of, recorded, row_link

__all__ = [
    "AuditEventAdmin",
    "Crumb",
    "DayInput",
    "Fact",
    "RecordAdmin",
    "RecordingAdmin",
    "ScopedAdmin",
    "Table",
    "part_of",
    "recorded",
    "row_link",
]
