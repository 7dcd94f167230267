"""The last guard: history that cannot be changed, and no row that points across institutions (architecture.md §2)."""

from django.db import migrations

VERSIONED = [
    "institutioncode",
    "institutionname",
    "schoolname",
    "schoolparent",
    "schoolrole",
    "lineageevent",
    "lineagelink",
    "designation",
    "programme",
    "programmeversion",
    "offering",
    "organizationname",
    "agreement",
    "agreementversion",
    "campus",
    "site",
    "centerperiod",
    "centerfiling",
    "filedmajor",
    "centeragreement",
    "centeroffering",
]
KEPT = ["school", "major", "organization", "learningcenter"]
PARENTS = [
    "campus",
    "centeroffering",
    "learningcenter",
    "major",
    "organization",
    "programme",
    "programmeversion",
    "school",
    "site",
]
WITHIN_ONE_INSTITUTION = [
    ("designation", "school_id", "learning_centers_school"),
    ("programme", "school_id", "learning_centers_school"),
    ("programme", "major_id", "learning_centers_major"),
    ("programmeversion", "programme_id", "learning_centers_programme"),
    ("offering", "programme_version_id", "learning_centers_programmeversion"),
    ("agreement", "organization_id", "learning_centers_organization"),
    ("site", "campus_id", "learning_centers_campus"),
    ("learningcenter", "school_id", "learning_centers_school"),
    ("centerperiod", "center_id", "learning_centers_learningcenter"),
    ("centerperiod", "school_id", "learning_centers_school"),
    ("centerperiod", "host_id", "learning_centers_organization"),
    ("centerperiod", "site_id", "learning_centers_site"),
    ("centeroffering", "center_id", "learning_centers_learningcenter"),
    ("centeroffering", "programme_version_id", "learning_centers_programmeversion"),
]


def trigger(table: str, function: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER keeps_history BEFORE UPDATE OR DELETE ON learning_centers_{table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER keeps_history ON learning_centers_{table}",
    )


def tenant_key(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE learning_centers_{table} ADD CONSTRAINT {table}_of_institution UNIQUE (institution_id, id)",
        f"ALTER TABLE learning_centers_{table} DROP CONSTRAINT {table}_of_institution",
    )


def same_tenant(table: str, column: str, parent: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE learning_centers_{table} ADD CONSTRAINT {table}_{column}_same_institution"
        f" FOREIGN KEY (institution_id, {column}) REFERENCES {parent} (institution_id, id)",
        f"ALTER TABLE learning_centers_{table} DROP CONSTRAINT {table}_{column}_same_institution",
    )


class Migration(migrations.Migration):
    dependencies = [("common", "0005_append_only"), ("learning_centers", "0002_links")]
    operations = [
        *(trigger(table, "ceportal_superseded_once") for table in VERSIONED),
        *(trigger(table, "ceportal_no_delete") for table in KEPT),
        *(tenant_key(table) for table in PARENTS),
        *(same_tenant(*key) for key in WITHIN_ONE_INSTITUTION),
    ]
