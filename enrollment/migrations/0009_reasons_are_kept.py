"""What was set about reasons is superseded, never changed (see `0002_guards`)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0008_reasons_are_set")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER keeps_history BEFORE UPDATE OR DELETE ON enrollment_reasonsetting"
            " FOR EACH ROW EXECUTE FUNCTION ceportal_superseded_once()",
            "DROP TRIGGER keeps_history ON enrollment_reasonsetting",
        )
    ]
