import django.contrib.postgres.fields
from django.db import migrations, models

SHIPPED = {
    "registrar": """
        admin.enter learning_centers.view_structure learning_centers.view_centers learning_centers.change_code
        learning_centers.hold_identifier learning_centers.rename_institution learning_centers.state_completeness learning_centers.designate
        learning_centers.found_school learning_centers.rename_school learning_centers.merge_schools learning_centers.split_school
        learning_centers.change_role learning_centers.place_under learning_centers.close_school learning_centers.register_organization
        learning_centers.rename_organization learning_centers.sign_agreement learning_centers.renew_agreement learning_centers.agree_with_host
        learning_centers.offer_programme learning_centers.close_offering learning_centers.open_center learning_centers.activate_center
        learning_centers.stop_intake learning_centers.rename_center learning_centers.change_host learning_centers.hand_over_center
        learning_centers.file_center learning_centers.file_majors learning_centers.withdraw_major learning_centers.offer_at_center
        learning_centers.set_rule people.view_persons people.reveal_number people.merge_persons
        people.correct_person enrollment.view_students enrollment.view_places enrollment.view_applications
        enrollment.view_requests enrollment.record_change enrollment.reverse_change enrollment.correct_entry
        enrollment.move_center enrollment.revoke_center enrollment.open_batch enrollment.set_places
        enrollment.set_checklist_item enrollment.set_reason enrollment.set_provincial_plan enrollment.set_window
        enrollment.enter_application enrollment.withdraw_application enrollment.check_application enrollment.verify_prior
        enrollment.accept_application enrollment.return_application enrollment.reject_application enrollment.issue_notices
        enrollment.check_in enrollment.grant_late_arrival enrollment.keep_place enrollment.lapse_application
        enrollment.register_student enrollment.register_year enrollment.record_entitlement enrollment.request_change
        enrollment.open_case enrollment.waive_consent enrollment.post_notice enrollment.set_aside
        enrollment.ask_for_withdrawal enrollment.approve_change enrollment.withdraw_future_change enrollment.approve_case
        enrollment.reject_case enrollment.return_change enrollment.reject_change enrollment.open_attachment
        enrollment.confirm_copy enrollment.reveal_reason people.ask_for_export people.export_numbers
        people.decide_export people.decide_rule people.decide_grant exchange.view_imports
        exchange.import_file exchange.undo_import exchange.view_jobs exchange.cancel_job
        reporting.view_figures reporting.compute_statistics reporting.freeze_return reporting.restate_return
        reporting.publish_figures reporting.state_profile
    """,
    "second_registrar": """
        admin.enter learning_centers.view_structure learning_centers.view_centers people.view_persons
        people.reveal_number enrollment.view_students enrollment.view_places enrollment.view_applications
        enrollment.view_requests enrollment.open_attachment enrollment.confirm_copy enrollment.reveal_reason
        enrollment.approve_change enrollment.withdraw_future_change enrollment.approve_case enrollment.reject_case
        enrollment.return_change enrollment.reject_change people.decide_export people.decide_rule
        people.decide_grant exchange.view_imports reporting.view_figures
    """,
    "school_manager": """
        admin.enter learning_centers.view_structure learning_centers.view_centers learning_centers.stop_intake
        learning_centers.rename_center learning_centers.offer_at_center people.view_persons enrollment.view_students
        enrollment.view_places enrollment.view_applications enrollment.view_requests enrollment.record_change
        enrollment.check_application enrollment.verify_prior enrollment.accept_application enrollment.return_application
        enrollment.reject_application enrollment.check_in enrollment.request_change enrollment.open_attachment
        enrollment.confirm_copy people.ask_for_export
    """,
    "coordinator": """
        portal.enter learning_centers.view_centers people.view_persons people.reveal_number
        enrollment.view_students enrollment.view_places enrollment.view_applications enrollment.view_requests
        enrollment.enter_application enrollment.withdraw_application enrollment.check_in enrollment.request_change
        enrollment.consent_change enrollment.open_attachment people.ask_for_export exchange.import_file
    """,
    "auditor": """
        admin.enter common.view_trail
    """,
    "sysadmin": """
        admin.enter people.manage_users people.decide_grant learning_centers.view_structure
        exchange.view_jobs exchange.cancel_job
    """,
}


def note_what_was_shipped(apps, schema_editor):
    """A right that a role lacks although it was shipped was taken by staff, and stays away."""
    for code, verbs in SHIPPED.items():
        apps.get_model("people", "Role").objects.filter(code=code).update(shipped=verbs.split())


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0014_functions_say_their_schema"),
    ]

    operations = [
        migrations.AddField(
            model_name="role",
            name="shipped",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), blank=True, default=list, editable=False, size=None
            ),
        ),
        migrations.RunPython(note_what_was_shipped, migrations.RunPython.noop),
    ]
