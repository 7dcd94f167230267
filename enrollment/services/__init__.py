from enrollment.services.centers import revoke_center
from enrollment.services.changes import (
    correct_entry_date,
    preview_change,
    record_change,
    reverse_change,
)
from enrollment.services.entering import (
    ChangeDraft,
    EntryDraft,
    enter_students,
    entry_batches,
    give_back_places,
    take_places,
    write_changes,
    write_entries,
)
from enrollment.services.lives import lives_of, replay

__all__ = [
    "ChangeDraft",
    "EntryDraft",
    "correct_entry_date",
    "enter_students",
    "entry_batches",
    "give_back_places",
    "lives_of",
    "preview_change",
    "record_change",
    "replay",
    "reverse_change",
    "revoke_center",
    "take_places",
    "write_changes",
    "write_entries",
]
