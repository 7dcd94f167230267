"""Differences of restatements are about students so far. They are append-only, so the owner lifts the trigger for this one act."""

from django.db import migrations

LIFTED = "ALTER TABLE reporting_returndifference DISABLE TRIGGER append_only"
NAMED = (
    "UPDATE reporting_returndifference one SET subject_kind = 'enrollment.student', subject_id = student.public_id"
    " FROM enrollment_student student WHERE student.id = one.student_id"
)
BACK = "ALTER TABLE reporting_returndifference ENABLE TRIGGER append_only"


class Migration(migrations.Migration):
    dependencies = [("reporting", "0007_families"), ("enrollment", "0002_guards")]
    operations = [migrations.RunSQL(one, migrations.RunSQL.noop) for one in (LIFTED, NAMED, BACK)]
