"""A rule that was set stays known, and belongs to a school of its own institution."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("common", "0005_append_only"), ("learning_centers", "0005_rules")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER keeps_history BEFORE UPDATE OR DELETE ON learning_centers_rulesetting"
            " FOR EACH ROW EXECUTE FUNCTION ceportal_superseded_once()",
            "DROP TRIGGER keeps_history ON learning_centers_rulesetting",
        ),
        migrations.RunSQL(
            "ALTER TABLE learning_centers_rulesetting ADD CONSTRAINT rulesetting_school_id_same_institution"
            " FOREIGN KEY (institution_id, school_id) REFERENCES learning_centers_school (institution_id, id)",
            "ALTER TABLE learning_centers_rulesetting DROP CONSTRAINT rulesetting_school_id_same_institution",
        ),
    ]
