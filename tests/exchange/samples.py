"""The sample files of the import contract that lie beside the tests, and kinds made from the contract's own tables."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from exchange.chunks import Judge, chunked, extra_cell_issues
from exchange.issues import Issue
from exchange.kinds import Column, FileKind
from exchange.reading import read_file
from exchange.types import CellType, Context, Text

FOLDER = Path(__file__).parent.parent / "samples"
CONTRACT = json.loads((FOLDER / "contract.json").read_text())
SCENARIOS = json.loads((FOLDER / "scenarios.json").read_text())
TODAY = dt.date.fromisoformat(SCENARIOS["today"])


def steps() -> list[dict[str, str]]:
    return [*SCENARIOS["base"], *(step for scenario in SCENARIOS["scenarios"] for step in scenario["steps"])]


def expected(step: dict[str, str]) -> dict[str, Any]:
    return json.loads((FOLDER / step["expected"]).read_text())


def text_kind(name: str) -> FileKind:
    """A kind of the contract that no app has yet, for reading alone: every column is text."""
    table = CONTRACT["kinds"][name]
    columns = tuple(
        Column(row["name"], row["name"], Text(), tuple(row["zh"]), row["chsi"], required=row["required"] == "required")
        for row in table["columns"]
    )
    return FileKind(name, table["title"], columns, tuple(table["key"]), table["dup_column"])


def one_column_kind(cell_type: CellType, *, required: bool = False) -> FileKind:
    return FileKind("one", "one", (Column("value", "value", cell_type, required=required),), ("value",), "value")


def judged(name: str, content: bytes, kind: FileKind) -> tuple[list[Issue], int, int]:
    """All remarks that need no stored data, the number of data rows and of rejected ones."""
    sheet = read_file(content, name, kind)
    judge = Judge(kind, Context(TODAY, sheet.sheet.date1904))
    issues, total, rejected = [], 0, 0
    for rows in chunked(sheet, size=7):
        chunk = judge.judge(sheet.columns, rows)
        extra = extra_cell_issues(rows)
        issues += [*chunk.issues, *extra]
        total += len(rows)
        rejected += len(chunk.rejected) + len(extra)
    return [*sheet.warnings, *issues], total, rejected
