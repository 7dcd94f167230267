"""Recordings are links of the audit chain too, and enter the ledger in their order only, whoever writes them."""

import django.db.models.deletion
from django.db import migrations, models

IN_ORDER = """
CREATE FUNCTION common_recording_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
    SELECT number, instant INTO last FROM common_recording
     WHERE institution_id = NEW.institution_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> COALESCE(last.number, 0) + 1 OR NEW.instant <= last.instant THEN
        RAISE EXCEPTION 'recording % does not follow upon %', NEW.number, last.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_order BEFORE INSERT ON common_recording FOR EACH ROW EXECUTE FUNCTION common_recording_in_order();
"""
NOT_IN_ORDER = """
DROP TRIGGER in_order ON common_recording;
DROP FUNCTION common_recording_in_order();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0006_names_of_their_time"),
        ("learning_centers", "0006_rules_are_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditseal",
            name="at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="auditseal",
            name="content",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="auditseal",
            name="recording",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="seals", to="common.recording"
            ),
        ),
        migrations.AlterField(
            model_name="auditseal",
            name="event",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="seal", to="common.auditevent"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditseal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("content__isnull", True), ("event__isnull", False), ("recording__isnull", True)),
                    models.Q(("content__isnull", False), ("event__isnull", True), ("recording__isnull", False)),
                    _connector="OR",
                ),
                name="audit_seal_of_event_or_recording",
            ),
        ),
        migrations.RunSQL(IN_ORDER, NOT_IN_ORDER),
    ]
