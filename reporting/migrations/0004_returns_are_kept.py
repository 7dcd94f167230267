"""A return that was handed in stays, with its list of differences: append-only, whoever asks (architecture.md §2.7)."""

from django.db import migrations

TABLES = ["frozenreturn", "returndifference"]


class Migration(migrations.Migration):
    dependencies = [("common", "0005_append_only"), ("reporting", "0003_runs")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON reporting_{table}"
            " FOR EACH ROW EXECUTE FUNCTION ceportal_append_only()",
            f"DROP TRIGGER append_only ON reporting_{table}",
        )
        for table in TABLES
    ]
