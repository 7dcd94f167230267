"""What is written stays: triggers that refuse to change or delete history, whoever asks.

`ceportal_append_only`: no update, no delete. `ceportal_superseded_once`: the only update is to set `superseded_in_id` once.
`ceportal_no_delete`: rows with projections may be updated; their key, tenant and recording may not, and they never go away.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION ceportal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION ceportal_superseded_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE same record;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.superseded_in_id IS NULL THEN
        same := NEW;
        same.superseded_in_id := NULL;
        IF same IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% keeps what was known: supersede the row and write anew', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION ceportal_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.recorded_in_id = OLD.recorded_in_id
       AND (OLD.superseded_in_id IS NULL OR NEW.superseded_in_id = OLD.superseded_in_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% keeps its rows and their origin', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
TABLES = ["common_recording", "common_auditevent", "common_auditseal"]


class Migration(migrations.Migration):
    dependencies = [("common", "0004_actors")]
    operations = [
        migrations.RunSQL(
            FUNCTIONS,
            "DROP FUNCTION ceportal_append_only, ceportal_superseded_once, ceportal_no_delete",
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION ceportal_append_only()",
                f"DROP TRIGGER append_only ON {table}",
            )
            for table in TABLES
        ),
    ]
