"""A name in a function means the table of its own schema, whatever the caller's search path says and whatever a session has made
for itself (docs/decisions/0086)."""

from django.db import migrations

FUNCTIONS = [
    "enrollment_taken_is_counted_today",
    "enrollment_place_within_plan",
    "enrollment_plan_holds",
    "enrollment_center_within_plan",
    "enrollment_require_within_plan",
    "enrollment_province_on",
]
IN_THIS_SCHEMA = """
DO $do$ BEGIN
    EXECUTE format('ALTER FUNCTION {name} SET search_path = %I, pg_temp', current_schema());
END $do$
"""


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0013_originals_until_seen")]
    operations = [
        migrations.RunSQL(IN_THIS_SCHEMA.format(name=name), f"ALTER FUNCTION {name} RESET search_path")
        for name in FUNCTIONS
    ]
