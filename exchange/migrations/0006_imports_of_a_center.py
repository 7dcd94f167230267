"""A file may be handed in by a learning centre, which is one of the institution's."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_exports_stay_at_home"), ("learning_centers", "0006_rules_are_kept")]
    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="center",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="learning_centers.learningcenter",
                verbose_name="learning centre",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE exchange_importbatch ADD CONSTRAINT importbatch_center_id_same_institution"
            " FOREIGN KEY (institution_id, center_id) REFERENCES learning_centers_learningcenter (institution_id, id)",
            "ALTER TABLE exchange_importbatch DROP CONSTRAINT importbatch_center_id_same_institution",
        ),
    ]
