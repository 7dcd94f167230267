"""The import engine: from a received file to records, and back (docs/files.md §1; docs/architecture.md §2)."""

from exchange.importing.deciding import approve_import, decline_import, keep_import
from exchange.importing.footprint import Footprint
from exchange.importing.marking import marked_workbook
from exchange.importing.results import result_of
from exchange.importing.reviewing import digest_of_reviews
from exchange.importing.rows import Row
from exchange.importing.services import (
    check_file,
    commit_file,
    import_file,
    receive_file,
    unfinished_import,
)
from exchange.importing.store import AmbiguousKey, Desk, Store, differing
from exchange.importing.undoing import HasDependents, ask_to_undo, dependents, undo_import, undo_takes_two
from exchange.importing.whole import WHOLE_FILE

__all__ = [
    "WHOLE_FILE",
    "AmbiguousKey",
    "Desk",
    "Footprint",
    "HasDependents",
    "Row",
    "Store",
    "approve_import",
    "ask_to_undo",
    "check_file",
    "commit_file",
    "decline_import",
    "dependents",
    "differing",
    "digest_of_reviews",
    "import_file",
    "keep_import",
    "marked_workbook",
    "receive_file",
    "result_of",
    "undo_import",
    "undo_takes_two",
    "unfinished_import",
]
