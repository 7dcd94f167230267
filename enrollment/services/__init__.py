from enrollment.services.centers import revoke_center
from enrollment.services.changes import (
    correct_entry_date,
    preview_change,
    record_change,
    reverse_change,
)
from enrollment.services.consenting import give_consent, waive_consent
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
from enrollment.services.requesting import (
    RequestDraft,
    approve_request,
    edit_request,
    preview_request,
    reject_request,
    request_change,
    return_request,
    submit_request,
    withdraw_request,
)

__all__ = [
    "ChangeDraft",
    "EntryDraft",
    "RequestDraft",
    "approve_request",
    "correct_entry_date",
    "edit_request",
    "enter_students",
    "entry_batches",
    "give_back_places",
    "give_consent",
    "lives_of",
    "preview_change",
    "preview_request",
    "record_change",
    "reject_request",
    "replay",
    "request_change",
    "return_request",
    "reverse_change",
    "revoke_center",
    "submit_request",
    "take_places",
    "waive_consent",
    "withdraw_request",
    "write_changes",
    "write_entries",
]
