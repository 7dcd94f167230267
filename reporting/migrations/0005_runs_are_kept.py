"""A run that is done stays as it was computed: it may be thrown away, but neither it nor its rows change any more."""

from django.db import migrations

KEPT = """
CREATE FUNCTION reporting_done_run_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'the run % is done', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER done_stays BEFORE UPDATE ON reporting_statisticsrun
    FOR EACH ROW WHEN (OLD.digest <> '') EXECUTE FUNCTION reporting_done_run_stays();

CREATE FUNCTION reporting_done_figures_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reporting_statisticsrun WHERE id IN (NEW.run_id, OLD.run_id) AND digest <> '') THEN
        RAISE EXCEPTION 'the run % is done', NEW.run_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER done_stays BEFORE INSERT OR UPDATE ON reporting_slicefigures
    FOR EACH ROW EXECUTE FUNCTION reporting_done_figures_stay();
"""
NOT_KEPT = """
DROP TRIGGER done_stays ON reporting_slicefigures;
DROP FUNCTION reporting_done_figures_stay();
DROP TRIGGER done_stays ON reporting_statisticsrun;
DROP FUNCTION reporting_done_run_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0004_returns_are_kept")]
    operations = [migrations.RunSQL(KEPT, NOT_KEPT)]
