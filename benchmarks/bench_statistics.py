"""Twelve sets of stocks as of a day, beside one raw GROUPING SETS over a flat copy of the same periods.

`python -m benchmarks.bench_statistics [SCALE [ROUNDS]]`. The flat table knows no history of centres, no joins and no laws:
the least that the database must do for the same cells. Prints the median ratio, and what flows, trends and a whole nightly
run take. Both sides run in turns on the same database, at `SCALE` of the first demo institution.
"""

import datetime as dt
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.databases import prepared  # isort: skip -- sets Django up

from django.contrib.auth import get_user_model
from django.db import connection

from demo.loading import load_institution
from learning_centers.models import Institution
from reporting.reports.facts import fetch_many
from reporting.reports.figures import ask, compute
from reporting.reports.laws import check
from reporting.reports.records import records_behind
from reporting.reports.trend import trend
from reporting.services import compute_run, run_for, school_year

LIMIT = 4.0
AS_OF = dt.date(2026, 9, 1)
DIMENSIONS = ("center", "province", "major", "level_path", "study_form", "sex")
SETS = (
    (),
    *((one,) for one in DIMENSIONS),
    ("center", "major"),
    ("center", "sex"),
    ("province", "level_path"),
    ("major", "study_form"),
    ("level_path", "study_form"),
)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def flatten(institution: Institution) -> int:
    """The periods with everything that is asked of them beside them, in one table without history."""
    question = ask(institution, AS_OF)
    rows = """SELECT p.student_id, p.begin, p."end", p.state, c.center, c.province, v.major, v.level_path, v.study_form, f.sex
        FROM periods p JOIN centers c ON c.center_id = p.center_id AND c.begin <= p.begin AND p.begin < c."end"
        JOIN versions v ON v.id = p.programme_version_id JOIN persons f ON f.student_id = p.student_id"""
    found = fetch_many(question, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE TABLE flat (student_id bigint, begin date, "end" date, state text, center text, province text, major text,'
            " level_path text, study_form text, sex text)"
        )
        cursor.connection.cursor().copy_expert("COPY flat FROM STDIN", Lines(found))
        cursor.execute("ANALYZE flat")
    return len(found)


class Lines:
    """Rows as the text that COPY reads."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.lines = ("\t".join(r"\N" if one is None else str(one) for one in row) + "\n" for row in rows)

    def read(self, _size: int) -> str:
        return next(self.lines, "")


def raw_cells() -> dict[Any, int]:
    sets = ", ".join("(" + ", ".join(one) + ")" for one in SETS)
    columns = ", ".join(DIMENSIONS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT GROUPING({columns}), {columns}, count(*) FROM flat"  # noqa: S608 -- names of our own
            f" WHERE state = 'active' AND begin <= %s AND \"end\" > %s GROUP BY GROUPING SETS ({sets})",
            [AS_OF, AS_OF],
        )
        return {tuple(row[:-1]): row[-1] for row in cursor.fetchall()}


def main(scale: float = 1.0, rounds: int = 5) -> int:
    by = get_user_model().objects
    with prepared():
        institution = load_institution("cup", by=by.system(), scale=scale).institution
        question, system = ask(institution, AS_OF), by.system()
        periods = flatten(institution)
        ratios, ours, limits = [], [], []
        for _number in range(rounds):
            limit, raw = timed(raw_cells)
            mine, table = timed(lambda: compute(question, SETS, ["deg.stock"]))
            assert sum(len(cells) for cells in table.cells.values()) == len(raw)
            assert sorted(raw.values()) == sorted(one.value for one in table.figures())
            ratios.append(mine / limit)
            ours.append(mine)
            limits.append(limit)
        print(
            f"statistics {periods} periods: 12 sets of stocks, {len(raw)} cells: ours {statistics.median(ours) * 1000:.0f} ms"
            f"  raw {statistics.median(limits) * 1000:.0f} ms  median ratio {statistics.median(ratios):.1f}"
            f" ({min(ratios):.1f}–{max(ratios):.1f}), aim {LIMIT}"
        )
        year = ask(institution, AS_OF, school_year(AS_OF))
        flows, table = timed(lambda: compute(year, SETS))
        check(table)
        months = [dt.date(2024 + month // 12, month % 12 + 1, 1) for month in range(24)]
        line, _points = timed(lambda: trend(question, "deg.stock", months))
        page, _rows = timed(lambda: list(records_behind(year, "deg.stock", {}, user=system).subjects[:50]))
        whole, _run = timed(lambda: compute_run(run_for(institution, AS_OF, school_year(AS_OF), by=system).pk))
        print(
            f"  flows of a school year, 12 sets {flows * 1000:.0f} ms; 24 month ends {line * 1000:.0f} ms;"
            f" page of records behind a figure {page * 1000:.0f} ms; nightly run, checked and stored {whole:.1f} s"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(*(kind(text) for kind, text in zip((float, int), sys.argv[1:], strict=False))))
