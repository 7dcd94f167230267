"""The import engine: from a received file to records, and back (samples README; architecture.md §2)."""

from exchange.importing.footprint import Footprint
from exchange.importing.marking import marked_workbook
from exchange.importing.results import result_of
from exchange.importing.rows import Row
from exchange.importing.services import (
    check_file,
    commit_file,
    import_file,
    receive_file,
    unfinished_import,
)
from exchange.importing.store import AmbiguousKey, Desk, Store, differing
from exchange.importing.undoing import HasDependents, dependents, undo_import

__all__ = [
    "AmbiguousKey",
    "Desk",
    "Footprint",
    "HasDependents",
    "Row",
    "Store",
    "check_file",
    "commit_file",
    "dependents",
    "differing",
    "import_file",
    "marked_workbook",
    "receive_file",
    "result_of",
    "undo_import",
    "unfinished_import",
]
