"""An export of a centre belongs to the centre's institution."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_exports"), ("learning_centers", "0003_guards")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE exchange_export ADD CONSTRAINT export_center_id_same_institution"
            " FOREIGN KEY (institution_id, center_id) REFERENCES learning_centers_learningcenter (institution_id, id)",
            "ALTER TABLE exchange_export DROP CONSTRAINT export_center_id_same_institution",
        ),
    ]
