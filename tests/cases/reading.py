"""Files that other systems have read wrongly, through the reader and the judge; no record is looked at."""

from pathlib import Path
from typing import Any

from exchange.chunks import Judge, chunked
from exchange.issues import Issue
from exchange.kinds import FileKind, kind_named
from exchange.reading import read_file
from exchange.types import Context
from tests.exchange.samples import TODAY

FILES = Path(__file__).parent / "files"


def case(name: str) -> tuple[bytes, str]:
    """Content and name of the file whose name begins so."""
    (found,) = FILES.glob(f"{name}_*")
    return found.read_bytes(), found.name


def values(content: bytes, name: str, kind: FileKind | str) -> tuple[dict[str, list[Any]], list[Issue]]:
    """Judged values by column, in the order of the rows, and all remarks. Raises FileRefused."""
    kind = kind_named(kind) if isinstance(kind, str) else kind
    sheet = read_file(content, name, kind)
    judge = Judge(kind, Context(TODAY, sheet.sheet.date1904))
    rows = [row for some in chunked(sheet) for row in some]
    chunk = judge.judge(sheet.columns, rows)
    return chunk.values, [*sheet.warnings, *chunk.issues]


def said(issues: list[Issue]) -> list[tuple[Any, ...]]:
    return [tuple(issue)[:4] for issue in issues]
