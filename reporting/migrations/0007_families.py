"""Runs and returns say which family they count: all there are so far count degree students."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0006_functions_say_their_schema")]
    operations = [
        *(
            migrations.AddField(
                model, "family", models.CharField(default="degree", max_length=20, verbose_name="family")
            )
            for model in ("statisticsrun", "frozenreturn")
        ),
        migrations.RemoveConstraint("statisticsrun", "statistics_run_once"),
        migrations.AddConstraint(
            "statisticsrun",
            models.UniqueConstraint(
                fields=(
                    "institution",
                    "family",
                    "as_of",
                    "since",
                    "known_number",
                    "scope",
                    "breakdowns",
                    "definitions",
                ),
                name="statistics_run_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            "returndifference", "subject_kind", models.CharField(max_length=60, null=True, verbose_name="kind")
        ),
        migrations.AddField("returndifference", "subject_id", models.UUIDField(null=True, verbose_name="public id")),
    ]
