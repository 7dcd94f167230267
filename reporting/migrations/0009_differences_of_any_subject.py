from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0008_differences_name_their_subject")]
    operations = [
        migrations.AlterField("returndifference", "subject_kind", models.CharField(max_length=60, verbose_name="kind")),
        migrations.AlterField("returndifference", "subject_id", models.UUIDField(verbose_name="public id")),
        migrations.RemoveConstraint("returndifference", "return_difference_once"),
        migrations.RemoveField("returndifference", "student"),
        migrations.AddConstraint(
            "returndifference",
            models.UniqueConstraint(
                fields=("frozen_return", "subject_kind", "subject_id"), name="return_difference_once"
            ),
        ),
    ]
