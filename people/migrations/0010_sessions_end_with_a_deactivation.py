"""A session that began before a deactivation does not come back with the account: deactivations are counted."""

from django.db import migrations, models

COUNT = """
CREATE FUNCTION people_count_deactivation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.deactivations := OLD.deactivations + CASE WHEN OLD.is_active AND NOT NEW.is_active THEN 1 ELSE 0 END;
    RETURN NEW;
END $$;
CREATE TRIGGER counts_deactivations BEFORE UPDATE ON people_user
    FOR EACH ROW EXECUTE FUNCTION people_count_deactivation();
"""
FORGET = "DROP TRIGGER counts_deactivations ON people_user; DROP FUNCTION people_count_deactivation()"


class Migration(migrations.Migration):
    dependencies = [("people", "0009_requests_for_approval")]
    operations = [
        migrations.AddField(
            "user", "deactivations", models.PositiveIntegerField(db_default=0, default=0, editable=False)
        ),
        migrations.RunSQL(COUNT, FORGET),
    ]
