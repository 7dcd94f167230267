from exchange.models.batches import ImportBatch, ImportIssue, StagedChunk
from exchange.models.exports import Export
from exchange.models.jobs import Job
from exchange.models.overwrites import Overwrite, overwrite
from exchange.models.restored import RestoredRow
from exchange.models.reviews import RowReview

__all__ = [
    "Export",
    "ImportBatch",
    "ImportIssue",
    "Job",
    "Overwrite",
    "RestoredRow",
    "RowReview",
    "StagedChunk",
    "overwrite",
]
