"""The facts behind every figure: one row per student and boundary (or day) that counts (docs/rules.md §6.2, §6.2a).

Two shapes, both by SQL over the known periods joined to the centre as it was on the day that counts:

- `rows`: a stock on its day, an in-flow with the slice at its begin, an out-flow with the slice held just before its end;
- `moved`: a boundary inside a life (or of the centre's own school or place), seen from both sides. It counts only where the
  asked slice differs between the sides, or where one side is outside of the scope.
"""

from collections.abc import Collection, Iterable, Sequence

from common.families import Question
from enrollment.families.dimensions import DIMENSIONS
from enrollment.families.indicators import ALL, INDICATORS, STOCKS, Kind


def known(alias: str) -> str:
    """The row was known after the recording of the asked number: exact also while others write."""
    return (
        f"{alias}.recorded_in_id NOT IN (SELECT id FROM later) AND "
        f"({alias}.superseded_in_id IS NULL OR {alias}.superseded_in_id IN (SELECT id FROM later))"
    )


BASE = f"""
later AS MATERIALIZED (
    SELECT id FROM common_recording WHERE institution_id = %(institution)s AND number > %(number)s
),
periods AS NOT MATERIALIZED (
    SELECT p.student_id, p.position, p.begin, COALESCE(p."end", 'infinity'::date) AS "end", p.state, p.center_id,
           p.programme_version_id, p.begun_by, p.ended_by
    FROM enrollment_studentperiod p
    WHERE p.institution_id = %(institution)s AND {known("p")}
),
center_days AS (
    SELECT k.center_id, COALESCE(k.begin, '-infinity'::date) AS begin, COALESCE(k."end", 'infinity'::date) AS "end",
           school.code AS school, COALESCE(successor.code, school.code) AS school_today,
           NULLIF(site.province_code, '') AS province
    FROM learning_centers_centerperiod k
    JOIN learning_centers_school school ON school.id = k.school_id
    LEFT JOIN unnest(%(successor_keys)s::bigint[], %(successor_codes)s::text[]) AS successor(school_id, code)
           ON successor.school_id = k.school_id
    LEFT JOIN learning_centers_site site ON site.id = k.site_id
    WHERE k.institution_id = %(institution)s AND {known("k")}
      AND COALESCE(k.begin, '-infinity') < COALESCE(k."end", 'infinity')
),
centers AS MATERIALIZED (  -- every day of every centre: what no period tells of is unknown, not lost
    SELECT d.*, center.code AS center FROM (
        SELECT * FROM center_days
        UNION ALL
        SELECT center_id, previous, begin, NULL, NULL, NULL FROM (
            SELECT center_id, begin, COALESCE(lag("end") OVER (PARTITION BY center_id ORDER BY begin), '-infinity') previous
            FROM center_days) gap
        WHERE previous < begin
        UNION ALL
        SELECT one.id, COALESCE(max(day."end"), '-infinity'), 'infinity', NULL, NULL, NULL
        FROM learning_centers_learningcenter one LEFT JOIN center_days day ON day.center_id = one.id
        WHERE one.institution_id = %(institution)s
        GROUP BY one.id HAVING COALESCE(max(day."end"), '-infinity') < 'infinity'
    ) d JOIN learning_centers_learningcenter center ON center.id = d.center_id
),
versions AS MATERIALIZED (
    SELECT version.id, major.code AS major, programme.level_path, version.study_form
    FROM learning_centers_programmeversion version
    JOIN learning_centers_programme programme ON programme.id = version.programme_id
    JOIN learning_centers_major major ON major.id = programme.major_id
    WHERE version.institution_id = %(institution)s
),
entries AS NOT MATERIALIZED (
    SELECT e.student_id, batch.code AS batch
    FROM enrollment_studententry e JOIN enrollment_entrybatch batch ON batch.id = e.batch_id
    WHERE e.institution_id = %(institution)s AND {known("e")}
),
persons AS NOT MATERIALIZED (
    SELECT student.id AS student_id, fact.sex, fact.birth_date
    FROM enrollment_student student JOIN people_personfacts fact ON fact.person_id = student.person_id
    WHERE student.institution_id = %(institution)s AND fact.institution_id = %(institution)s AND {known("fact")}
)"""

JOINS = {
    "c": 'JOIN centers {c} ON {c}.center_id = {row}.center_id AND {c}.begin <= {row}.day AND {row}.day < {c}."end"',
    "v": "JOIN versions {v} ON {v}.id = {row}.programme_version_id",
    "e": "LEFT JOIN entries {e} ON {e}.student_id = {row}.student_id",
    "f": "LEFT JOIN persons {f} ON {f}.student_id = {row}.student_id",
}


def _aliases(row: str) -> dict[str, str]:
    return {"row": row, **{source: f"{row}_{source}" for source in JOINS}}


def joins(row: str, dimensions: Iterable[str], *, without: str = "") -> str:
    """The joins that these dimensions need on a table `row` with student, centre, programme version and day."""
    sources = dict.fromkeys(DIMENSIONS[one].source for one in dimensions)
    return " ".join(JOINS[source].format(**_aliases(row)) for source in sources if source not in without)


def columns(row: str, dimensions: Iterable[str], prefix: str = "") -> str:
    aliases = _aliases(row)
    return "".join(f", {DIMENSIONS[one].expression.format(**aliases)} AS {prefix}{one}" for one in dimensions)


def in_scope(question: Question, row: str) -> str:
    """The condition that a row's centre may be counted."""
    return "TRUE" if question.scope is None else f"{row}.center_id = ANY(%(scope)s::bigint[])"


def _values(rows: Iterable[Sequence[str]]) -> str:
    return "VALUES " + ", ".join("(" + ", ".join(row) + ")" for row in rows)


def rows(question: Question, dimensions: Sequence[str], measures: Collection[str]) -> str:
    """SELECT of (indicator, subject_id, boundary, amount, one column per dimension) for stocks, in-flows and out-flows."""
    wanted = [one for one in ALL if one.id in measures and (question.since or not one.needs_window)]
    stocks = [one for one in wanted if one in STOCKS]
    moments = [(f"'{one.id}'", f"'{one.state}'", f"%({one.day})s::date") for one in stocks]
    causes = [
        (f"'{one.kind}'", f"'{cause}'", f"'{one.id}'")
        for one in wanted
        if one.kind in (Kind.IN, Kind.OUT)
        for cause in sorted(one.causes)
    ]
    parts = []
    if moments:
        parts.append(
            f"""SELECT moment.indicator, p.student_id, p.center_id, p.programme_version_id, moment.day,
                   moment.day AS boundary
            FROM periods p JOIN ({_values(moments)}) AS moment(indicator, state, day)
              ON p.state = moment.state AND p.begin <= moment.day AND moment.day < p."end"
            """
        )
    if causes:
        parts.append(
            f"""SELECT cause.indicator, p.student_id, p.center_id, p.programme_version_id, side.day, side.boundary
            FROM periods p
            CROSS JOIN LATERAL (VALUES ('in', p.begin, p.begin, p.begun_by),
                                       ('out', p."end", GREATEST(p.begin, p."end" - 1), p.ended_by)
                               ) AS side(direction, boundary, day, cause)
            JOIN ({_values(causes)}) AS cause(direction, cause, indicator)
              ON cause.direction = side.direction AND cause.cause = side.cause
            WHERE p.state = 'active' AND side.boundary > %(since)s AND side.boundary <= %(as_of)s"""
        )
    if not parts:
        parts.append(
            "SELECT ''::text AS indicator, 0::bigint AS student_id, 0::bigint AS center_id,"
            " 0::bigint AS programme_version_id, NULL::date AS day, NULL::date AS boundary WHERE FALSE"
        )
    counted = " UNION ALL ".join(parts)
    return f"""SELECT row.indicator, row.student_id AS subject_id, row.boundary, 1 AS amount{columns("row", dimensions)}
        FROM ({counted}) AS row {joins("row", dimensions)}
        WHERE {in_scope(question, "row")}"""


def moved(question: Question, dimensions: Sequence[str]) -> str:
    """SELECT of (indicator, subject_id, own_<dimension>…, other_<dimension>…, other_in_scope), one row for each side of a
    boundary inside a life or of its centre; the caller keeps those where the asked slice differs."""
    pairs = """
        SELECT b.student_id,
               a.center_id AS left_center, a.programme_version_id AS left_version, GREATEST(a.begin, a."end" - 1) AS left_day,
               b.center_id AS right_center, b.programme_version_id AS right_version, b.begin AS right_day
        FROM periods b JOIN periods a ON a.student_id = b.student_id AND a.position = b.position - 1
        WHERE b.state = 'active' AND a.state = 'active' AND b.begun_by = ANY(%(moves)s)
          AND b.begin > %(since)s AND b.begin <= %(as_of)s
        UNION ALL
        SELECT p.student_id, p.center_id, p.programme_version_id, c.begin - 1, p.center_id, p.programme_version_id, c.begin
        FROM periods p JOIN centers c ON c.center_id = p.center_id AND c.begin > p.begin AND c.begin < p."end"
        WHERE p.state = 'active' AND c.begin > %(since)s AND c.begin <= %(as_of)s"""
    both = columns("own", dimensions, "own_") + columns("other", dimensions, "other_")
    return f"""SELECT own.indicator, own.student_id AS subject_id{both},
               {in_scope(question, "other")} AS other_in_scope
        FROM ({pairs}) AS pair
        CROSS JOIN LATERAL (VALUES ('deg.moved_out', pair.student_id, left_center, left_version, left_day),
                                   ('deg.moved_in', pair.student_id, right_center, right_version, right_day)
                           ) AS own(indicator, student_id, center_id, programme_version_id, day)
        JOIN LATERAL (VALUES ('deg.moved_in', pair.student_id, left_center, left_version, left_day),
                             ('deg.moved_out', pair.student_id, right_center, right_version, right_day)
                     ) AS other(indicator, student_id, center_id, programme_version_id, day)
          ON other.indicator = own.indicator
        {joins("own", dimensions)} {joins("other", dimensions)}
        WHERE {in_scope(question, "own")}"""


def crosses(dimensions: Iterable[str]) -> str:
    """The condition on a `moved` row under which it counts for a slice by these dimensions."""
    same = " AND ".join(f"own_{one} IS NOT DISTINCT FROM other_{one}" for one in dimensions) or "TRUE"
    return f"NOT (other_in_scope AND {same})"


def series(question: Question, measure: str, dimensions: Sequence[str]) -> str:
    """SELECT of (first place, place after the last, count) among `dates` for a stock: a period holds on the days from the first
    not before its begin up to the last before its end."""
    of_centre = any(DIMENSIONS[name].source == "c" for name in dimensions)
    piece = (
        """SELECT p.student_id, p.center_id, p.programme_version_id, GREATEST(p.begin, c.begin) AS begin,
                  LEAST(p."end", c."end") AS "end", GREATEST(p.begin, c.begin) AS day
        FROM periods p JOIN centers c ON c.center_id = p.center_id AND c.begin < p."end" AND p.begin < c."end" """
        if of_centre
        else 'SELECT p.student_id, p.center_id, p.programme_version_id, p.begin, p."end" FROM periods p'
    )
    conditions = " AND ".join([in_scope(question, "row"), *_slice_conditions("row", dimensions)])
    return f"""SELECT width_bucket(row.begin - 1, %(dates)s::date[]), width_bucket(row."end" - 1, %(dates)s::date[]), count(*)
        FROM ({piece} WHERE p.state = '{INDICATORS[measure].state}') AS row {joins("row", dimensions)}
        WHERE {conditions} GROUP BY 1, 2"""


def _slice_conditions(row: str, dimensions: Sequence[str]) -> list[str]:
    return [
        DIMENSIONS[name].expression.format(**{source: f"{row}_{source}" for source in "cvef"})
        + f" IS NOT DISTINCT FROM %(slice_{name})s"
        for name in dimensions
    ]


EVIDENCE = (
    *(
        f"SELECT x.student_id, x.recorded_in_id, x.superseded_in_id FROM {table} x WHERE x.student_id = ANY(%(subjects)s::bigint[])"
        for table in ("enrollment_studentperiod", "enrollment_studententry")
    ),
    """SELECT s.id, x.recorded_in_id, x.superseded_in_id
    FROM enrollment_student s JOIN people_personfacts x ON x.person_id = s.person_id
    WHERE s.id = ANY(%(subjects)s::bigint[])""",
    """SELECT p.student_id, x.recorded_in_id, x.superseded_in_id
    FROM enrollment_studentperiod p JOIN learning_centers_centerperiod x ON x.center_id = p.center_id
    WHERE p.student_id = ANY(%(subjects)s::bigint[])""",
)
"""Every row that the figures read of some students: (student, recorded in, superseded in)."""
