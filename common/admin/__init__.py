from common.admin.scoped import Fact, RecordAdmin, ScopedAdmin, Table

__all__ = ["Fact", "RecordAdmin", "ScopedAdmin", "Table"]
