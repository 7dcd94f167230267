from enrollment.services.applying import (
    ApplicationDraft,
    edit_application,
    judge_identity,
    possible_duplicates,
    start_application,
    submission_faults,
    submit_application,
    withdraw_application,
)
from enrollment.services.arriving import (
    check_in,
    grant_late_arrival,
    issue_notices,
    keep_place,
    lapse_application,
    last_day_to_arrive,
)
from enrollment.services.cases import (
    approve_case,
    open_closing_case,
    open_same_change_case,
    reject_case,
    withdraw_case,
)
from enrollment.services.centers import (
    revoke_center,
)
from enrollment.services.changes import (
    correct_entry_date,
    preview_change,
    record_change,
    reverse_change,
)
from enrollment.services.consenting import (
    give_consent,
    waive_consent,
)
from enrollment.services.corrections import (
    preview_correction,
)
from enrollment.services.deciding import (
    accept_application,
    check_item,
    check_items,
    decide_many,
    decision_outlook,
    preview_many,
    reject_application,
    return_application,
    verify_prior,
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
from enrollment.services.facts import (
    correctable_facts,
)
from enrollment.services.future import (
    withdraw_future_change,
)
from enrollment.services.lives import (
    lives_of,
    replay,
)
from enrollment.services.planning import (
    require_open,
    set_places,
    set_provincial_plan,
    set_window,
)
from enrollment.services.registering import (
    record_entitlement,
    register_many,
    register_student,
    register_year,
    school_year_of,
)
from enrollment.services.requesting import (
    RequestDraft,
    approve_request,
    edit_request,
    preview_draft,
    preview_request,
    reject_request,
    request_change,
    request_correction,
    return_request,
    submit_request,
    withdraw_request,
)
from enrollment.services.watching import (
    ask_for_withdrawal,
    compute_lists,
    post_notice,
    set_aside,
)

__all__ = [
    "ApplicationDraft",
    "ChangeDraft",
    "EntryDraft",
    "RequestDraft",
    "accept_application",
    "approve_case",
    "approve_request",
    "ask_for_withdrawal",
    "check_in",
    "check_item",
    "check_items",
    "compute_lists",
    "correct_entry_date",
    "correctable_facts",
    "decide_many",
    "decision_outlook",
    "edit_application",
    "edit_request",
    "enter_students",
    "entry_batches",
    "give_back_places",
    "give_consent",
    "grant_late_arrival",
    "issue_notices",
    "judge_identity",
    "keep_place",
    "lapse_application",
    "last_day_to_arrive",
    "lives_of",
    "open_closing_case",
    "open_same_change_case",
    "possible_duplicates",
    "post_notice",
    "preview_change",
    "preview_correction",
    "preview_draft",
    "preview_many",
    "preview_request",
    "record_change",
    "record_entitlement",
    "register_many",
    "register_student",
    "register_year",
    "reject_application",
    "reject_case",
    "reject_request",
    "replay",
    "request_change",
    "request_correction",
    "require_open",
    "return_application",
    "return_request",
    "reverse_change",
    "revoke_center",
    "school_year_of",
    "set_aside",
    "set_places",
    "set_provincial_plan",
    "set_window",
    "start_application",
    "submission_faults",
    "submit_application",
    "submit_request",
    "take_places",
    "verify_prior",
    "waive_consent",
    "withdraw_application",
    "withdraw_case",
    "withdraw_future_change",
    "withdraw_request",
    "write_changes",
    "write_entries",
]
