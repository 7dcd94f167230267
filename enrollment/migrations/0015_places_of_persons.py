"""Where persons are seen follows from the periods of students, as the services write it from now on (`student_places`)."""

from django.db import migrations

WRITE_PLACES = """
INSERT INTO people_personplace (institution_id, person_id, center_id, line, subject, begin, "end")
SELECT institution_id, person_id, center_id, 'degree', student_id, begin, until
FROM (
    SELECT institution_id, person_id, student_id, center_id, begin,
           lead(begin) OVER (PARTITION BY institution_id, student_id ORDER BY position) AS until
    FROM (
        SELECT s.institution_id, s.person_id, p.student_id, p.position, p.begin, p.center_id,
               lag(p.center_id) OVER (PARTITION BY p.institution_id, p.student_id ORDER BY p.position) AS before
        FROM enrollment_studentperiod p
        JOIN enrollment_student s ON s.institution_id = p.institution_id AND s.id = p.student_id
        JOIN learning_centers_institution i ON i.id = p.institution_id
        WHERE s.superseded_in_id IS NULL AND p.superseded_in_id IS NULL
          AND (p.begin <= (now() AT TIME ZONE i.time_zone)::date OR p.position = 1)
    ) held
    WHERE before IS DISTINCT FROM center_id
) came
WHERE until IS DISTINCT FROM begin
"""


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0014_functions_say_their_schema"), ("people", "0016_places_of_persons")]
    operations = [
        migrations.RunSQL(WRITE_PLACES, "DELETE FROM people_personplace WHERE line = 'degree'"),
    ]
