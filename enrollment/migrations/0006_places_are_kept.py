"""The last guard of places: what is taken is counted on today's row, and centres never exceed their province's plan."""

from django.db import migrations

COUNTED_TODAY = """
CREATE FUNCTION enrollment_taken_is_counted_today() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is taken is counted on the row that replaced this one'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'admission_place_counted_today';
END $$;
CREATE TRIGGER counted_today BEFORE UPDATE OF taken ON enrollment_admissionplace
    FOR EACH ROW WHEN (OLD.superseded_in_id IS NOT NULL AND NEW.taken <> OLD.taken)
    EXECUTE FUNCTION enrollment_taken_is_counted_today();
"""
NOT_COUNTED_TODAY = """
DROP TRIGGER counted_today ON enrollment_admissionplace;
DROP FUNCTION enrollment_taken_is_counted_today();
"""

# The batch is locked before plan and places are read, so that of two writers the second one sees what the first wrote.
WITHIN_PLAN = """
CREATE FUNCTION enrollment_require_within_plan(
    the_batch bigint, the_province varchar, the_major bigint, the_path varchar, the_form varchar
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    allowed bigint;
    given bigint;
BEGIN
    PERFORM 1 FROM enrollment_entrybatch WHERE id = the_batch FOR NO KEY UPDATE;
    SELECT quota INTO allowed FROM enrollment_provincialplan
     WHERE batch_id = the_batch AND province_code = the_province AND major_id = the_major
       AND level_path = the_path AND study_form = the_form AND superseded_in_id IS NULL;
    IF allowed IS NULL THEN
        RETURN;
    END IF;
    SELECT COALESCE(SUM(place.quota), 0) INTO given
      FROM enrollment_admissionplace place
      JOIN learning_centers_centeroffering offering ON offering.id = place.center_offering_id
      JOIN learning_centers_learningcenter center ON center.id = offering.center_id
      JOIN learning_centers_programmeversion version ON version.id = offering.programme_version_id
      JOIN learning_centers_programme programme ON programme.id = version.programme_id
     WHERE place.batch_id = the_batch AND place.superseded_in_id IS NULL AND center.province_code = the_province
       AND programme.major_id = the_major AND programme.level_path = the_path AND version.study_form = the_form;
    IF given > allowed THEN
        RAISE EXCEPTION 'the places of the centres add up to %, the provincial plan has %', given, allowed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'provincial_plan_not_exceeded';
    END IF;
END $$;

CREATE FUNCTION enrollment_place_within_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM enrollment_require_within_plan(
        NEW.batch_id, center.province_code, programme.major_id, programme.level_path, version.study_form
    )
      FROM learning_centers_centeroffering offering
      JOIN learning_centers_learningcenter center ON center.id = offering.center_id
      JOIN learning_centers_programmeversion version ON version.id = offering.programme_version_id
      JOIN learning_centers_programme programme ON programme.id = version.programme_id
     WHERE offering.id = NEW.center_offering_id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER within_plan AFTER INSERT OR UPDATE OF quota ON enrollment_admissionplace
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION enrollment_place_within_plan();

CREATE FUNCTION enrollment_plan_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM enrollment_require_within_plan(
        NEW.batch_id, NEW.province_code, NEW.major_id, NEW.level_path, NEW.study_form
    );
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER plan_holds AFTER INSERT OR UPDATE OF quota ON enrollment_provincialplan
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION enrollment_plan_holds();
"""
WITHOUT_PLAN = """
DROP TRIGGER plan_holds ON enrollment_provincialplan;
DROP TRIGGER within_plan ON enrollment_admissionplace;
DROP FUNCTION enrollment_plan_holds();
DROP FUNCTION enrollment_place_within_plan();
DROP FUNCTION enrollment_require_within_plan(bigint, varchar, bigint, varchar, varchar);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0005_requests_take_documents_back"),
        ("learning_centers", "0005_rules"),
    ]
    operations = [
        migrations.RunSQL(COUNTED_TODAY, NOT_COUNTED_TODAY),
        migrations.RunSQL(WITHIN_PLAN, WITHOUT_PLAN),
    ]
