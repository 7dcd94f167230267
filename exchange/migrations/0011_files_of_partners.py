"""A file may be handed in for a partner organization, which is one of the institution's."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0010_files_wait_for_a_second_person"),
        ("learning_centers", "0006_rules_are_kept"),
    ]
    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="partner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="learning_centers.organization",
                verbose_name="partner",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(center__isnull=True) | models.Q(partner__isnull=True), name="import_is_of_one_place"
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE exchange_importbatch ADD CONSTRAINT importbatch_partner_id_same_institution"
            " FOREIGN KEY (institution_id, partner_id) REFERENCES learning_centers_organization (institution_id, id)",
            "ALTER TABLE exchange_importbatch DROP CONSTRAINT importbatch_partner_id_same_institution",
        ),
    ]
