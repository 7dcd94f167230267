from common.admin.ledger import AuditEventAdmin, RecordingAdmin
from common.admin.scoped import Crumb, Fact, RecordAdmin, ScopedAdmin, Table, part_of, recorded, row_link

__all__ = [
    "AuditEventAdmin",
    "Crumb",
    "Fact",
    "RecordAdmin",
    "RecordingAdmin",
    "ScopedAdmin",
    "Table",
    "part_of",
    "recorded",
    "row_link",
]
