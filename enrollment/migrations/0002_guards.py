"""The last guard: history that cannot be changed, and no row that points across institutions (architecture.md §2)."""

from django.db import migrations

VERSIONED = ["studententry", "studentperiod", "studentchange"]
KEPT = ["admissionplace", "student"]
PARENTS = ["entrybatch", "student", "studentchange"]
WITHIN_ONE_INSTITUTION = [
    ("admissionplace", "batch_id", "enrollment_entrybatch"),
    ("admissionplace", "center_offering_id", "learning_centers_centeroffering"),
    ("student", "person_id", "people_person"),
    ("student", "current_center_id", "learning_centers_learningcenter"),
    ("student", "current_programme_version_id", "learning_centers_programmeversion"),
    ("student", "entry_batch_id", "enrollment_entrybatch"),
    ("studententry", "student_id", "enrollment_student"),
    ("studententry", "batch_id", "enrollment_entrybatch"),
    ("studententry", "center_id", "learning_centers_learningcenter"),
    ("studententry", "programme_version_id", "learning_centers_programmeversion"),
    ("studentperiod", "student_id", "enrollment_student"),
    ("studentperiod", "center_id", "learning_centers_learningcenter"),
    ("studentperiod", "programme_version_id", "learning_centers_programmeversion"),
    ("studentchange", "student_id", "enrollment_student"),
    ("studentchange", "new_center_id", "learning_centers_learningcenter"),
    ("studentchange", "new_programme_version_id", "learning_centers_programmeversion"),
    ("studentchange", "reverses_id", "enrollment_studentchange"),
]


def trigger(table: str, function: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER keeps_history BEFORE UPDATE OR DELETE ON enrollment_{table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER keeps_history ON enrollment_{table}",
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
    dependencies = [
        ("common", "0005_append_only"),
        ("enrollment", "0001_tables"),
        ("people", "0002_guards"),
        ("learning_centers", "0003_guards"),
    ]
    operations = [
        *(trigger(table, "ceportal_superseded_once") for table in VERSIONED),
        *(trigger(table, "ceportal_no_delete") for table in KEPT),
        *(tenant_key(table) for table in PARENTS),
        *(same_tenant(*key) for key in WITHIN_ONE_INSTITUTION),
    ]
