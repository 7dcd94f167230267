"""A return that was handed in stays, with its list of differences: append-only, whoever asks (architecture.md §2.7)."""

from django.db import migrations

TABLES = ["frozenreturn", "returndifference"]


class Migration(migrations.Migration):
    dependencies = [("common", "0005_append_only"), ("reporting", "0003_runs")]
    operations = [
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON reporting_{table}"
                " FOR EACH ROW EXECUTE FUNCTION ceportal_append_only()",
                f"DROP TRIGGER append_only ON reporting_{table}",
            )
            for table in TABLES
        ),
        migrations.RunSQL(
            "ALTER TABLE reporting_frozenreturn ADD CONSTRAINT frozenreturn_of_institution UNIQUE (institution_id, id);"
            "ALTER TABLE reporting_frozenreturn ADD CONSTRAINT frozenreturn_restates_same_institution"
            " FOREIGN KEY (institution_id, restates_id) REFERENCES reporting_frozenreturn (institution_id, id)",
            "ALTER TABLE reporting_frozenreturn DROP CONSTRAINT frozenreturn_restates_same_institution;"
            "ALTER TABLE reporting_frozenreturn DROP CONSTRAINT frozenreturn_of_institution",
        ),
    ]
