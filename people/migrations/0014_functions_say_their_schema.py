"""A name in a function means the table of its own schema, whatever the caller's search path says and whatever a session has made
for itself (docs/decisions/0086)."""

from django.db import migrations

FUNCTIONS = ["people_count_deactivation", "people_approval_kept"]
IN_THIS_SCHEMA = """
DO $do$ BEGIN
    EXECUTE format('ALTER FUNCTION {name} SET search_path = %I, pg_temp', current_schema());
END $do$
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0013_unsent_forms")]
    operations = [
        migrations.RunSQL(IN_THIS_SCHEMA.format(name=name), f"ALTER FUNCTION {name} RESET search_path")
        for name in FUNCTIONS
    ]
