"""A place counts in the province in which its centre is on the first day of the batch, also after the centre has moved."""

from django.db import migrations

PROVINCE_ON = """
CREATE FUNCTION enrollment_province_on(the_center bigint, the_day date) RETURNS varchar LANGUAGE sql STABLE AS $$
    SELECT COALESCE(max(site.province_code), '')
      FROM learning_centers_centerperiod period
      JOIN learning_centers_site site ON site.id = period.site_id
     WHERE period.center_id = the_center AND period.superseded_in_id IS NULL
       AND (period.begin IS NULL OR period.begin <= the_day) AND (period."end" IS NULL OR period."end" > the_day)
$$;
"""
NO_PROVINCE_ON = "DROP FUNCTION enrollment_province_on(bigint, date)"


def within_plan(here: str, of_offering: str, batch: str) -> str:
    """Both functions of 0006, with this SQL for the centres that are `here` in the province, and for that of one offering.

    The centres are found first, as a set: a file of some thousand places asks some thousand times, and `enrollment_province_on`
    for each place each time would take minutes.
    """
    return f"""
CREATE OR REPLACE FUNCTION enrollment_require_within_plan(
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
    WITH here AS MATERIALIZED ({here})
    SELECT COALESCE(SUM(place.quota), 0) INTO given
      FROM enrollment_admissionplace place
      JOIN learning_centers_centeroffering offering ON offering.id = place.center_offering_id
      JOIN learning_centers_programmeversion version ON version.id = offering.programme_version_id
      JOIN learning_centers_programme programme ON programme.id = version.programme_id
     WHERE place.batch_id = the_batch AND place.superseded_in_id IS NULL
       AND offering.center_id IN (SELECT center_id FROM here)
       AND programme.major_id = the_major AND programme.level_path = the_path AND version.study_form = the_form;
    IF given > allowed THEN
        RAISE EXCEPTION 'the places of the centres add up to %, the provincial plan has %', given, allowed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'provincial_plan_not_exceeded';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION enrollment_place_within_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM enrollment_require_within_plan(
        NEW.batch_id, {of_offering}, programme.major_id, programme.level_path, version.study_form
    )
      FROM learning_centers_centeroffering offering
      JOIN learning_centers_learningcenter center ON center.id = offering.center_id
      JOIN learning_centers_programmeversion version ON version.id = offering.programme_version_id
      JOIN learning_centers_programme programme ON programme.id = version.programme_id
      {batch}
     WHERE offering.id = NEW.center_offering_id;
    RETURN NULL;
END $$;
"""  # noqa: S608 -- only what stands below


ON_ITS_FIRST_DAY = """
        SELECT period.center_id
          FROM enrollment_entrybatch batch
          JOIN learning_centers_centerperiod period ON period.institution_id = batch.institution_id
           AND period.superseded_in_id IS NULL
           AND (period.begin IS NULL OR period.begin <= batch.starts_on)
           AND (period."end" IS NULL OR period."end" > batch.starts_on)
          LEFT JOIN learning_centers_site site ON site.id = period.site_id
         WHERE batch.id = the_batch AND COALESCE(site.province_code, '') = the_province
    """
AS_LISTED = "SELECT id AS center_id FROM learning_centers_learningcenter WHERE province_code = the_province"
WHERE_IT_IS = within_plan(
    ON_ITS_FIRST_DAY,
    "enrollment_province_on(center.id, batch.starts_on)",
    "JOIN enrollment_entrybatch batch ON batch.id = NEW.batch_id",
)
WHERE_IT_WAS_LISTED = within_plan(AS_LISTED, "center.province_code", "")

# All batches of the span are locked before their places are read: who sets places at this moment comes before or after.
MOVED = """
CREATE FUNCTION enrollment_center_within_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.superseded_in_id IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM learning_centers_centerperiod
         WHERE center_id = NEW.center_id AND superseded_in_id IS NOT NULL
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM enrollment_entrybatch batch
     WHERE batch.institution_id = NEW.institution_id
       AND (NEW."begin" IS NULL OR batch.starts_on >= NEW."begin") AND (NEW."end" IS NULL OR batch.starts_on < NEW."end")
     ORDER BY batch.id FOR NO KEY UPDATE;
    PERFORM enrollment_require_within_plan(
        place.batch_id, enrollment_province_on(NEW.center_id, batch.starts_on),
        programme.major_id, programme.level_path, version.study_form
    )
      FROM enrollment_admissionplace place
      JOIN enrollment_entrybatch batch ON batch.id = place.batch_id
      JOIN learning_centers_centeroffering offering ON offering.id = place.center_offering_id
      JOIN learning_centers_programmeversion version ON version.id = offering.programme_version_id
      JOIN learning_centers_programme programme ON programme.id = version.programme_id
     WHERE offering.center_id = NEW.center_id AND place.superseded_in_id IS NULL
       AND (NEW."begin" IS NULL OR batch.starts_on >= NEW."begin") AND (NEW."end" IS NULL OR batch.starts_on < NEW."end");
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER within_plan AFTER INSERT ON learning_centers_centerperiod
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION enrollment_center_within_plan();
"""
NOT_MOVED = """
DROP TRIGGER within_plan ON learning_centers_centerperiod;
DROP FUNCTION enrollment_center_within_plan();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0010_a_form_sent_twice"),
        ("learning_centers", "0006_rules_are_kept"),
    ]
    operations = [
        migrations.RunSQL(PROVINCE_ON, NO_PROVINCE_ON),
        migrations.RunSQL(WHERE_IT_IS, WHERE_IT_WAS_LISTED),
        migrations.RunSQL(MOVED, NOT_MOVED),
    ]
