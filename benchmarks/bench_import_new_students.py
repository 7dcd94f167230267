"""70,000 new students from file to report, beside COPY of all the rows that this writes into all the same live tables.

`python -m benchmarks.bench_import_new_students [ROWS [ROUNDS]]`. Both begin in copies of one prepared database, in turns;
indexes, triggers and constraints are on. Prints the median ratio, its range, and the most memory that was used.
"""

import io
import resource
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from benchmarks.databases import copy_of_it, prepared
from benchmarks.files import base_files, new_students
from exchange.importing import import_file, receive_file, result_of

LIMIT = 1.25
Dump = dict[str, tuple[str, bytes]]


def bring(kind: str, content: bytes) -> dict:
    by = get_user_model().objects.system()
    return result_of(import_file(receive_file(kind, f"{kind}.csv", content, by=by)))


def prepare(rows: int) -> None:
    for kind, content in base_files(min(5_000, rows // 100 + 100)).items():
        result = bring(kind, content)
        assert not result["rejected"], result["rows"][:3]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def timed_import(content: bytes, rows: int) -> float:
    begun = time.perf_counter()
    result = bring("new_students", content)
    elapsed = time.perf_counter() - begun
    assert result["created"] == rows, result["rows"][:3]
    return elapsed


def last_keys() -> dict[str, int]:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        keys = {}
        for table in tables:
            columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            if "id" in columns:
                cursor.execute(f'SELECT max(id) FROM "{table}"')  # noqa: S608 - names from the catalogue
                found = cursor.fetchone()[0]
                keys[table] = found if isinstance(found, int) else 0
        return keys


def dump_since(before: dict[str, int]) -> Dump:
    """The rows that were written, by table."""
    dump: Dump = {}
    with connection.cursor() as cursor:
        for table, key in before.items():
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            names = ", ".join(f'"{name}"' for name in columns)
            out = io.BytesIO()
            cursor.copy_expert(f'COPY (SELECT {names} FROM "{table}" WHERE id > {key} ORDER BY id) TO STDOUT', out)  # noqa: S608
            if out.tell():
                dump[table] = (names, out.getvalue())
    return dump


def timed_copy(dump: Dump) -> float:
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in in_order(dump):
            names, rows = dump[table]
            cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', io.BytesIO(rows))
    return time.perf_counter() - begun


def in_order(dump: Dump) -> list[str]:
    """Rows that others point to first; most keys are checked at commit, some at once."""
    first = ["common_recording", "exchange_importbatch", "people_person", "enrollment_entrybatch", "enrollment_student"]
    return [table for table in first if table in dump] + [table for table in dump if table not in first]


def main(rows: int = 70_000, rounds: int = 3) -> int:
    content = new_students(rows)
    ratios = []
    with prepared():
        prepare(rows)
        for _number in range(rounds):
            with copy_of_it("work"):
                before = last_keys()
                ours = timed_import(content, rows)
                dump = dump_since(before)
            with copy_of_it("limit"):
                limit = timed_copy(dump)
            ratios.append(ours / limit)
            print(
                f"import_new_students {rows} ours {ours:.1f} s  COPY of the same rows {limit:.1f} s  ratio {ours / limit:.2f}"
            )
        written = {table: rows.count(b"\n") for table, (_names, rows) in dump.items()}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    ratio = statistics.median(ratios)
    print(f"  rows written: {written}")
    print(f"  median ratio {ratio:.2f} ({min(ratios):.2f}–{max(ratios):.2f}), aim {LIMIT}; peak memory {memory} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
