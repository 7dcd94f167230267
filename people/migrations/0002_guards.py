"""The last guard: history that cannot be changed, and no row that points across institutions (architecture.md §2)."""

from django.db import migrations

VERSIONED = ["personfacts", "identitydocument", "contact", "personmerge", "distinctpersons"]
KEPT = ["person"]
PARENTS = ["person"]
WITHIN_ONE_INSTITUTION = [
    ("personfacts", "person_id", "people_person"),
    ("identitydocument", "person_id", "people_person"),
    ("contact", "person_id", "people_person"),
    ("personmerge", "kept_id", "people_person"),
    ("personmerge", "merged_id", "people_person"),
    ("distinctpersons", "first_id", "people_person"),
    ("distinctpersons", "second_id", "people_person"),
    ("membership", "school_id", "learning_centers_school"),
    ("membership", "center_id", "learning_centers_learningcenter"),
    ("membership", "partner_id", "learning_centers_organization"),
]


def trigger(table: str, function: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER keeps_history BEFORE UPDATE OR DELETE ON people_{table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER keeps_history ON people_{table}",
    )


def tenant_key(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE people_{table} ADD CONSTRAINT {table}_of_institution UNIQUE (institution_id, id)",
        f"ALTER TABLE people_{table} DROP CONSTRAINT {table}_of_institution",
    )


def same_tenant(table: str, column: str, parent: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE people_{table} ADD CONSTRAINT {table}_{column}_same_institution"
        f" FOREIGN KEY (institution_id, {column}) REFERENCES {parent} (institution_id, id)",
        f"ALTER TABLE people_{table} DROP CONSTRAINT {table}_{column}_same_institution",
    )


class Migration(migrations.Migration):
    dependencies = [("common", "0005_append_only"), ("people", "0001_tables"), ("learning_centers", "0003_guards")]
    operations = [
        *(trigger(table, "ceportal_superseded_once") for table in VERSIONED),
        *(trigger(table, "ceportal_no_delete") for table in KEPT),
        *(tenant_key(table) for table in PARENTS),
        *(same_tenant(*key) for key in WITHIN_ONE_INSTITUTION),
    ]
