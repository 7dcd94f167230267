"""The last guard for applications, requests and duties (see `0002_guards`)."""

from django.db import migrations

VERSIONED = [
    "batchwindow", "provincialplan", "checklistitem", "applicationcheck", "yearlyregistration", "entitlementcheck",
]  # fmt: skip
KEPT = ["application"]
APPEND_ONLY = ["applicationstep", "requeststep"]
PARENTS = ["application", "changecase", "changerequest"]
CENTER, STUDENT = "learning_centers_learningcenter", "enrollment_student"
WITHIN_ONE_INSTITUTION = [
    ("batchwindow", "batch_id", "enrollment_entrybatch"),
    ("batchwindow", "school_id", "learning_centers_school"),
    ("provincialplan", "batch_id", "enrollment_entrybatch"),
    ("provincialplan", "major_id", "learning_centers_major"),
    ("application", "batch_id", "enrollment_entrybatch"),
    ("application", "center_offering_id", "learning_centers_centeroffering"),
    ("application", "student_id", STUDENT),
    ("applicationstep", "application_id", "enrollment_application"),
    ("applicationcheck", "application_id", "enrollment_application"),
    ("attachment", "center_id", CENTER),
    ("attachment", "application_id", "enrollment_application"),
    ("attachment", "request_id", "enrollment_changerequest"),
    ("changecase", "center_id", CENTER),
    ("changerequest", "student_id", STUDENT),
    ("changerequest", "case_id", "enrollment_changecase"),
    ("changerequest", "new_center_id", CENTER),
    ("changerequest", "new_programme_version_id", "learning_centers_programmeversion"),
    ("changerequest", "document_id", "enrollment_studentchange"),
    ("requestparty", "request_id", "enrollment_changerequest"),
    ("requestparty", "center_id", CENTER),
    ("requeststep", "request_id", "enrollment_changerequest"),
    ("yearlyregistration", "student_id", STUDENT),
    ("yearlyregistration", "center_id", CENTER),
    ("entitlementcheck", "student_id", STUDENT),
    ("watchitem", "center_id", CENTER),
    ("watchitem", "student_id", STUDENT),
    ("watchitem", "application_id", "enrollment_application"),
    ("watchitem", "request_id", "enrollment_changerequest"),
]


def trigger(table: str, function: str, name: str = "keeps_history") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON enrollment_{table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER {name} ON enrollment_{table}",
    )


def tenant_key(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE enrollment_{table} ADD CONSTRAINT {table}_of_institution UNIQUE (institution_id, id)",
        f"ALTER TABLE enrollment_{table} DROP CONSTRAINT {table}_of_institution",
    )


def same_tenant(table: str, column: str, parent: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE enrollment_{table} ADD CONSTRAINT {table}_{column}_same_institution"
        f" FOREIGN KEY (institution_id, {column}) REFERENCES {parent} (institution_id, id)",
        f"ALTER TABLE enrollment_{table} DROP CONSTRAINT {table}_{column}_same_institution",
    )


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0003_applications_and_requests"), ("learning_centers", "0005_rules")]
    operations = [
        *(trigger(table, "ceportal_superseded_once") for table in VERSIONED),
        *(trigger(table, "ceportal_no_delete") for table in KEPT),
        *(trigger(table, "ceportal_append_only", "append_only") for table in APPEND_ONLY),
        *(tenant_key(table) for table in PARENTS),
        *(same_tenant(*key) for key in WITHIN_ONE_INSTITUTION),
    ]
