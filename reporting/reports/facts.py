"""The facts behind every figure: one row per student and boundary (or day) that counts (docs/rules.md §6.2, §6.2a).

Two shapes, both by SQL over the known periods joined to the centre as it was on the day that counts:

- `plain`: a stock on its day, an in-flow with the slice at its begin, an out-flow with the slice held just before its end;
- `moved`: a boundary inside a life (or of the centre's own school or place), seen from both sides. It counts only where the
  asked slice differs between the sides, or where one side is outside of the scope.

Figures, drill-down, differences and charts all count these rows, so they cannot disagree.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from reporting.dimensions import DIMENSIONS
from reporting.indicators import INDICATORS, STOCKS, Indicator, Kind


@dataclass(frozen=True)
class Question:
    """What is asked: as of a day (and since another, for flows), as known after a recording's number, within a scope.

    `centers`: keys of the centres whose periods may be counted; None = the whole institution.
    """

    institution_id: int
    as_of: dt.date
    since: dt.date | None
    known_number: int
    centers: frozenset[int] | None = None
    successors: tuple[tuple[int, str], ...] = field(default=(), compare=False)
    """School key → code of the school that stands for it today, where that is another one (dimension `school_today`)."""

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(one for one in INDICATORS.values() if self.since or not one.needs_window)

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "institution": self.institution_id,
            "as_of": self.as_of,
            "since": self.since,
            "number": self.known_number,
            "centers": sorted(self.centers or ()),
            "moves": sorted(INDICATORS["deg.moved_in"].causes),
            "successor_keys": [key for key, _code in self.successors],
            "successor_codes": [code for _key, code in self.successors],
        }


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
    return "TRUE" if question.centers is None else f"{row}.center_id = ANY(%(centers)s::bigint[])"


def _values(rows: Iterable[Sequence[str]]) -> str:
    return "VALUES " + ", ".join("(" + ", ".join(row) + ")" for row in rows)


def plain(question: Question, dimensions: Sequence[str], only: Iterable[str] | None = None) -> str:
    """SELECT of (indicator, student_id, boundary, one column per dimension) for stocks, in-flows and out-flows."""
    wanted = [one for one in question.indicators if only is None or one.id in only]
    stocks = [one for one in wanted if one in STOCKS]
    moments = [(f"'{one.id}'", f"'{one.state}'", f"%({one.day})s::date") for one in stocks]
    causes = [
        (f"'{one.kind}'", f"'{cause}'", f"'{one.id}'")
        for one in wanted
        if one.kind in (Kind.IN, Kind.OUT)
        for cause in sorted(one.causes)
    ]
    rows = []
    if moments:
        rows.append(
            f"""SELECT moment.indicator, p.student_id, p.center_id, p.programme_version_id, moment.day,
                   moment.day AS boundary
            FROM periods p JOIN ({_values(moments)}) AS moment(indicator, state, day)
              ON p.state = moment.state AND p.begin <= moment.day AND moment.day < p."end"
            """
        )
    if causes:
        rows.append(
            f"""SELECT cause.indicator, p.student_id, p.center_id, p.programme_version_id, side.day, side.boundary
            FROM periods p
            CROSS JOIN LATERAL (VALUES ('in', p.begin, p.begin, p.begun_by),
                                       ('out', p."end", GREATEST(p.begin, p."end" - 1), p.ended_by)
                               ) AS side(direction, boundary, day, cause)
            JOIN ({_values(causes)}) AS cause(direction, cause, indicator)
              ON cause.direction = side.direction AND cause.cause = side.cause
            WHERE p.state = 'active' AND side.boundary > %(since)s AND side.boundary <= %(as_of)s"""
        )
    if not rows:
        rows.append(
            "SELECT ''::text AS indicator, 0::bigint AS student_id, 0::bigint AS center_id,"
            " 0::bigint AS programme_version_id, NULL::date AS day, NULL::date AS boundary WHERE FALSE"
        )
    counted = " UNION ALL ".join(rows)
    return f"""SELECT row.indicator, row.student_id, row.boundary{columns("row", dimensions)}
        FROM ({counted}) AS row {joins("row", dimensions)}
        WHERE {in_scope(question, "row")}"""


def moved(question: Question, dimensions: Sequence[str]) -> str:
    """SELECT of (indicator, student_id, own_<dimension>…, other_<dimension>…, other_in_scope), one row for each side of a
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
    return f"""SELECT own.indicator, own.student_id{columns("own", dimensions, "own_")}{columns("other", dimensions, "other_")},
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


def fetch(question: Question, statement: str, **more: Any) -> list[tuple[Any, ...]]:
    """Run a statement over the facts' tables (`WITH` is put before it) and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {BASE} {statement}", question.parameters | more)
        return cursor.fetchall()


@transaction.atomic
def fetch_many(question: Question, statement: str) -> list[tuple[Any, ...]]:
    """The same for a statement that reads most of the rows: the planner, which cannot know that, is kept from joining them
    one by one, and the sums are kept in memory."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        cursor.execute(f"WITH {BASE} {statement}", question.parameters)
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL jit TO DEFAULT; SET LOCAL work_mem TO DEFAULT")
        return rows


def rendered(question: Question, statement: str, **more: Any) -> str:
    """The same as text without parameters, to stand as a subquery in a queryset (percent signs doubled)."""
    with connection.cursor() as cursor:
        text = cursor.mogrify(f"WITH {BASE} {statement}", question.parameters | more)
    return text.decode().replace("%", "%%")
