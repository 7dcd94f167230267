"""Claims are history too: superseded and written anew, never changed."""

from django.db import migrations

TABLES = ["publishedfigure", "profilestatement"]


class Migration(migrations.Migration):
    dependencies = [("common", "0005_append_only"), ("reporting", "0001_published")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER keeps_history BEFORE UPDATE OR DELETE ON reporting_{table}"
            " FOR EACH ROW EXECUTE FUNCTION ceportal_superseded_once()",
            f"DROP TRIGGER keeps_history ON reporting_{table}",
        )
        for table in TABLES
    ]
