"""Who may open what: written by hand, from the rules and not from the code under test.

`levels` are the levels of membership that see the rows: i institution, s school, c learning centre, o partner organization; p is
public to all who hold the right. A route of the admin that stands in no line fails the suite.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Right:
    verb: str
    levels: str = "i"


RECORDS: dict[str, Right] = {
    "common_recording": Right("common.view_trail"),
    "common_auditevent": Right("common.view_trail"),
    "learning_centers_learningcenter": Right("learning_centers.view_centers", "isc"),
    "learning_centers_organization": Right("learning_centers.view_centers", "io"),
    "learning_centers_agreement": Right("learning_centers.view_centers", "io"),
    "learning_centers_institution": Right("learning_centers.view_structure"),
    "learning_centers_school": Right("learning_centers.view_structure", "is"),
    "learning_centers_lineageevent": Right("learning_centers.view_structure"),
    "learning_centers_designation": Right("learning_centers.view_structure"),
    "learning_centers_major": Right("learning_centers.view_structure"),
    "learning_centers_programme": Right("learning_centers.view_structure", "is"),
    "learning_centers_programmeversion": Right("learning_centers.view_structure", "is"),
    "learning_centers_rulesetting": Right("learning_centers.view_structure", "is"),
    "people_person": Right("people.view_persons", "isco"),
    "people_personmerge": Right("people.merge_persons"),
    "people_user": Right("people.manage_users"),
    "people_membership": Right("people.manage_users"),
    "people_approvalrequest": Right("people.decide_grant"),
    "people_role": Right("people.manage_users", "p"),
    "enrollment_admissionplace": Right("enrollment.view_places", "isc"),
    "enrollment_entrybatch": Right("enrollment.view_places"),
    "enrollment_application": Right("enrollment.view_applications", "isc"),
    "enrollment_checklistitem": Right("enrollment.view_applications"),
    "enrollment_reasonsetting": Right("enrollment.view_applications"),
    "enrollment_changerequest": Right("enrollment.view_requests", "isc"),
    "enrollment_changecase": Right("enrollment.view_requests", "isc"),
    "enrollment_watchitem": Right("enrollment.view_students", "isc"),
    "enrollment_entitlementcheck": Right("enrollment.view_students", "isc"),
    "enrollment_student": Right("enrollment.view_students", "isc"),
    "enrollment_studentchange": Right("enrollment.view_students", "isc"),
    "exchange_importbatch": Right("exchange.view_imports", "ic"),
    "exchange_export": Right("people.ask_for_export", "isc"),
    "exchange_job": Right("exchange.view_jobs"),
    "reporting_statisticsrun": Right("reporting.view_figures"),
    "reporting_frozenreturn": Right("reporting.view_figures"),
    "reporting_publishedfigure": Right("reporting.view_figures", "p"),
}
"""Lists and records of the admin, by app and model."""

PAGES: dict[str, Right] = {
    "admin:learning_centers_suggest": Right("", "isc"),
    "admin:learning_centers_rulesetting_set": Right("learning_centers.set_rule"),
    "admin:learning_centers_rulesetting_drop": Right("learning_centers.set_rule", "is"),
    "admin:learning_centers_learningcenter_activate": Right("learning_centers.activate_center", "isc"),
    "admin:learning_centers_learningcenter_file": Right("learning_centers.file_center", "isc"),
    "admin:learning_centers_learningcenter_agree": Right("learning_centers.agree_with_host", "isc"),
    "admin:learning_centers_learningcenter_change_host": Right("learning_centers.change_host", "isc"),
    "admin:learning_centers_learningcenter_file_majors": Right("learning_centers.file_majors", "isc"),
    "admin:learning_centers_learningcenter_withdraw_major": Right("learning_centers.withdraw_major", "isc"),
    "admin:learning_centers_learningcenter_offer": Right("learning_centers.offer_at_center", "isc"),
    "admin:learning_centers_learningcenter_hand_over": Right("learning_centers.hand_over_center", "isc"),
    "admin:learning_centers_learningcenter_rename": Right("learning_centers.rename_center", "isc"),
    "admin:learning_centers_learningcenter_move": Right("enrollment.move_center", "isc"),
    "admin:learning_centers_learningcenter_stop_intake": Right("learning_centers.stop_intake", "isc"),
    "admin:learning_centers_institution_open_center": Right("learning_centers.open_center"),
    "admin:learning_centers_institution_rename": Right("learning_centers.rename_institution"),
    "admin:learning_centers_institution_change_code": Right("learning_centers.change_code"),
    "admin:learning_centers_institution_identifier": Right("learning_centers.hold_identifier"),
    "admin:learning_centers_institution_found_unit": Right("learning_centers.found_school"),
    "admin:learning_centers_institution_completeness": Right("learning_centers.state_completeness"),
    "admin:learning_centers_institution_open_batch": Right("enrollment.open_batch"),
    "admin:learning_centers_institution_designate": Right("learning_centers.designate"),
    "admin:learning_centers_institution_register_organization": Right("learning_centers.register_organization"),
    "admin:learning_centers_school_rename": Right("learning_centers.rename_school", "is"),
    "admin:learning_centers_school_role": Right("learning_centers.change_role", "is"),
    "admin:learning_centers_school_place_under": Right("learning_centers.place_under", "is"),
    "admin:learning_centers_school_split": Right("learning_centers.split_school", "is"),
    "admin:learning_centers_school_close": Right("learning_centers.close_school", "is"),
    "admin:learning_centers_school_offer_programme": Right("learning_centers.offer_programme", "is"),
    "admin:learning_centers_school_many_merge": Right("learning_centers.merge_schools", "is"),
    "admin:learning_centers_programmeversion_close_offering": Right("learning_centers.close_offering", "is"),
    "admin:learning_centers_organization_rename": Right("learning_centers.rename_organization", "io"),
    "admin:learning_centers_organization_sign": Right("learning_centers.sign_agreement", "io"),
    "admin:learning_centers_agreement_renew": Right("learning_centers.renew_agreement", "io"),
    "admin:people_person_duplicates": Right("people.merge_persons"),
    "admin:people_person_reveal": Right("people.reveal_number", "isco"),
    **{f"admin:people_approvalrequest_{act}_grant": Right("people.decide_grant") for act in ("approve", "refuse")},
    **{f"admin:people_approvalrequest_{act}_rule": Right("people.decide_rule") for act in ("approve", "refuse")},
    "admin:people_approvalrequest_withdraw_grant": Right("people.manage_users"),
    "admin:people_approvalrequest_withdraw_rule": Right("learning_centers.set_rule"),
    "admin:people_personmerge_undo": Right("people.merge_persons"),
    "admin:enrollment_application_accept": Right("enrollment.accept_application", "isc"),
    "admin:enrollment_application_check": Right("enrollment.check_application", "isc"),
    "admin:enrollment_application_verify_prior": Right("enrollment.verify_prior", "isc"),
    "admin:enrollment_application_return": Right("enrollment.return_application", "isc"),
    "admin:enrollment_application_reject": Right("enrollment.reject_application", "isc"),
    "admin:enrollment_application_submit": Right("enrollment.enter_application", "isc"),
    "admin:enrollment_application_notice": Right("enrollment.issue_notices", "isc"),
    "admin:enrollment_application_check_in": Right("enrollment.check_in", "isc"),
    "admin:enrollment_application_register": Right("enrollment.register_student", "isc"),
    "admin:enrollment_application_late": Right("enrollment.grant_late_arrival", "isc"),
    "admin:enrollment_application_keep": Right("enrollment.keep_place", "isc"),
    "admin:enrollment_application_lapse": Right("enrollment.lapse_application", "isc"),
    "admin:enrollment_application_attach": Right("enrollment.enter_application", "isc"),
    "admin:enrollment_application_withdraw": Right("enrollment.withdraw_application", "isc"),
    "admin:enrollment_application_notices": Right("enrollment.issue_notices", "isc"),
    "admin:enrollment_application_many_check": Right("enrollment.check_application", "isc"),
    "admin:enrollment_application_many_accept": Right("enrollment.accept_application", "isc"),
    "admin:enrollment_application_many_return": Right("enrollment.return_application", "isc"),
    "admin:enrollment_application_many_reject": Right("enrollment.reject_application", "isc"),
    "admin:enrollment_application_many_notices": Right("enrollment.issue_notices", "isc"),
    "admin:enrollment_application_many_check_in": Right("enrollment.check_in", "isc"),
    "admin:enrollment_application_many_register": Right("enrollment.register_student", "isc"),
    "admin:enrollment_application_many_lapse": Right("enrollment.lapse_application", "isc"),
    "admin:enrollment_changecase_approve": Right("enrollment.approve_case", "isc"),
    "admin:enrollment_changecase_reject": Right("enrollment.reject_case", "isc"),
    "admin:enrollment_changecase_withdraw": Right("enrollment.open_case", "isc"),
    "admin:enrollment_changecase_progress": Right("enrollment.view_requests", "isc"),
    "admin:learning_centers_learningcenter_close": Right("enrollment.open_case", "isc"),
    "admin:learning_centers_learningcenter_revoke": Right("enrollment.revoke_center", "isc"),
    "admin:enrollment_watchitem_notice": Right("enrollment.post_notice", "isc"),
    "admin:enrollment_watchitem_withdrawal": Right("enrollment.ask_for_withdrawal", "isc"),
    "admin:enrollment_watchitem_aside": Right("enrollment.set_aside", "isc"),
    "admin:enrollment_watchitem_many_notice": Right("enrollment.post_notice", "isc"),
    "admin:enrollment_watchitem_many_withdrawal": Right("enrollment.ask_for_withdrawal", "isc"),
    "admin:enrollment_watchitem_many_aside": Right("enrollment.set_aside", "isc"),
    "admin:enrollment_checklistitem_set": Right("enrollment.set_checklist_item"),
    "admin:enrollment_reasonsetting_set": Right("enrollment.set_reason"),
    "admin:enrollment_entrybatch_window": Right("enrollment.set_window"),
    "admin:enrollment_entrybatch_places": Right("enrollment.set_places"),
    "admin:enrollment_entrybatch_plan": Right("enrollment.set_provincial_plan"),
    "admin:enrollment_admissionplace_quota": Right("enrollment.set_places", "isc"),
    "admin:enrollment_entitlementcheck_record": Right("enrollment.record_entitlement", "isc"),
    "admin:enrollment_entitlementcheck_many_entitled": Right("enrollment.record_entitlement", "isc"),
    "admin:enrollment_student_many_register_year": Right("enrollment.register_year", "isc"),
    "admin:enrollment_student_correct": Right("enrollment.request_change", "isc"),
    "admin:enrollment_studentchange_withdraw_future": Right("enrollment.withdraw_future_change", "isc"),
    "admin:enrollment_student_many_ask": Right("enrollment.request_change", "isc"),
    "admin:enrollment_application_reveal": Right("people.reveal_number", "isc"),
    "admin:enrollment_changerequest_reveal": Right("enrollment.reveal_reason", "isc"),
    "admin:enrollment_changerequest_reveal_number": Right("people.reveal_number", "isc"),
    "admin:enrollment_studentchange_reveal": Right("enrollment.reveal_reason", "isc"),
    "admin:enrollment_studentchange_take_back": Right("enrollment.request_change", "isc"),
    "admin:enrollment_changerequest_approve": Right("enrollment.approve_change", "isc"),
    "admin:enrollment_changerequest_return": Right("enrollment.return_change", "isc"),
    "admin:enrollment_changerequest_reject": Right("enrollment.reject_change", "isc"),
    "admin:enrollment_changerequest_edit": Right("enrollment.request_change", "isc"),
    "admin:enrollment_changerequest_submit": Right("enrollment.request_change", "isc"),
    "admin:enrollment_changerequest_attach": Right("enrollment.request_change", "isc"),
    "admin:enrollment_changerequest_waive": Right("enrollment.waive_consent", "isc"),
    "admin:enrollment_changerequest_consent": Right("enrollment.consent_change", "isc"),
    "admin:enrollment_changerequest_withdraw": Right("enrollment.request_change", "isc"),
    "admin:enrollment_attachment_open": Right("enrollment.open_attachment", "isc"),
    **{
        f"admin:enrollment_attachment_{page}": Right("enrollment.confirm_copy", "isc")
        for page in ("confirm_copy", "original")
    },
    "admin:exchange_importbatch_upload": Right("exchange.import_file", "ic"),
    "admin:exchange_importbatch_progress": Right("exchange.view_imports", "ic"),
    "admin:exchange_importbatch_store": Right("exchange.import_file", "ic"),
    "admin:exchange_importbatch_check": Right("exchange.import_file", "ic"),
    "admin:exchange_importbatch_approve": Right("enrollment.approve_change", "ic"),
    "admin:exchange_importbatch_decline": Right("enrollment.approve_change", "ic"),
    "admin:exchange_importbatch_keep": Right("exchange.undo_import", "ic"),
    "admin:exchange_importbatch_undo": Right("exchange.undo_import", "ic"),
    "admin:exchange_importbatch_workbook": Right("exchange.import_file", "ic"),
    "admin:exchange_importbatch_whole": Right("people.export_numbers", "ic"),
    "admin:exchange_export_ask": Right("people.ask_for_export", "isc"),
    "admin:exchange_export_approve": Right("people.decide_export", "isc"),
    "admin:exchange_export_refuse": Right("people.decide_export", "isc"),
    "admin:exchange_export_download": Right("people.ask_for_export", "isc"),
    "admin:exchange_job_cancel": Right("exchange.cancel_job"),
    "admin:reporting_statisticsrun_new": Right("reporting.compute_statistics"),
    "admin:reporting_statisticsrun_progress": Right("reporting.view_figures"),
    "admin:reporting_statisticsrun_records": Right("reporting.view_figures"),
    "admin:reporting_statisticsrun_why": Right("reporting.view_figures"),
    "admin:reporting_statisticsrun_export": Right("reporting.view_figures"),
    "admin:reporting_statisticsrun_freeze": Right("reporting.freeze_return"),
    "admin:reporting_frozenreturn_restate": Right("reporting.restate_return"),
    "admin:reporting_frozenreturn_follow": Right("reporting.compute_statistics"),
}
"""Pages of our own inside the admin."""

PORTAL: dict[str, Right] = {
    **{f"portal:{page}": Right("portal.enter", "isc") for page in ("home", "choose_center", "notices")},
    **{
        f"portal:{page}": Right("enrollment.view_students", "isc")
        for page in ("students", "roster", "former_students", "student")
    },
    **{f"portal:{page}": Right("people.reveal_number", "isc") for page in ("reveal_number", "reveal_of_applicant")},
    **{f"portal:{page}": Right("enrollment.view_requests", "isc") for page in ("requests", "request")},
    **{
        f"portal:{page}": Right("enrollment.request_change", "isc")
        for page in ("request_kinds", "request_new", "request_edit", "request_withdraw")
    },
    **{
        f"portal:{page}": Right("people.ask_for_export", "isc")
        for page in ("exports", "export_ask", "export_download", "roster_print")
    },
    "portal:request_consent": Right("enrollment.consent_change", "isc"),
    **{f"portal:{page}": Right("enrollment.view_applications", "isc") for page in ("applications", "application")},
    **{
        f"portal:{page}": Right("enrollment.enter_application", "isc")
        for page in ("application_new", "judge_applicant", "application_edit", "application_paper")
    },
    "portal:application_withdraw": Right("enrollment.withdraw_application", "isc"),
    **{f"portal:{page}": Right("enrollment.check_in", "isc") for page in ("check_in", "check_in_list")},
    **{
        f"portal:{page}": Right("exchange.import_file", "ic")
        for page in ("files", "file_upload", "file_template", "file", "file_progress", "file_store", "file_workbook")
    },
    **{f"portal:{page}": Right("enrollment.open_attachment", "isc") for page in ("attachment", "attachment_remove")},
}
"""Pages of the learning centres' portal; each asks for `portal.enter` beside its own right."""

DOORS = {"admin": "admin.enter", "portal": "portal.enter"}
"""The part of the site → the right to enter it."""

SIGNED_IN = {
    "admin:index",
    "admin:notices",
    "admin:notice",
    "portal:notice",
    "admin:password_change",
    "admin:password_change_done",
    "admin:jsi18n",
    "admin:autocomplete",
    "admin:app_list",
}
"""For everybody who may enter there; autocomplete and one's own notices have their own tests."""

OPEN = {
    "healthz", "readyz", "home", "set_language", "notices", "admin:login", "admin:logout", "institutions", "institution_profile",
    "portal:sign_in", "portal:sign_out", "portal:password", "keep_unsent",
}  # fmt: skip
"""Without signing in; they show nothing of any institution."""

CATCH_ALL = {"admin/(?P<url>.*)$", "admin:view_on_site"}

RIGHTS = (*RECORDS.values(), *PAGES.values(), *PORTAL.values())
ALL_VERBS = {*DOORS.values(), *(right.verb for right in RIGHTS if right.verb)}
CENTER_VERBS = {*DOORS.values(), *(right.verb for right in RIGHTS if right.verb and "c" in right.levels)}
