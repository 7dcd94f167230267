from exchange.admin.imports import ImportBatchAdmin
from exchange.admin.jobs import JobAdmin

__all__ = ["ImportBatchAdmin", "JobAdmin"]
