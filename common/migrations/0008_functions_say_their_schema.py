"""A name in a function means the table of its own schema, whatever the caller's search path says and whatever a session has made
for itself (docs/decisions/0086)."""

from django.db import migrations

FUNCTIONS = ["ceportal_append_only", "ceportal_superseded_once", "ceportal_no_delete", "common_recording_in_order"]
IN_THIS_SCHEMA = """
DO $do$ BEGIN
    EXECUTE format('ALTER FUNCTION {name} SET search_path = %I, pg_temp', current_schema());
END $do$
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0007_chains_of_recordings")]
    operations = [
        migrations.RunSQL(IN_THIS_SCHEMA.format(name=name), f"ALTER FUNCTION {name} RESET search_path")
        for name in FUNCTIONS
    ]
