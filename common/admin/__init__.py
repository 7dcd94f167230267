from common.admin.ledger import AuditEventAdmin, RecordingAdmin
from common.admin.scoped import Crumb, Fact, RecordAdmin, ScopedAdmin, Table, recorded

__all__ = ["AuditEventAdmin", "Crumb", "Fact", "RecordAdmin", "RecordingAdmin", "ScopedAdmin", "Table", "recorded"]
