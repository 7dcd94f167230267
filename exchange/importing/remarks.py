"""What is said about a file, page by page: values of personal columns are masked, and numbers that stand in another one."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count

from common.masking import SHOWN_BESIDE_BIRTH_DATE, mask, mask_in
from exchange.issues import CODES
from exchange.kinds import kind_named
from exchange.models import ImportBatch

A_PAGE = 100


@dataclass(frozen=True)
class Remark:
    row: int | None
    column: Any
    value: str
    severity: str
    sentence: Any
    code: str


@dataclass(frozen=True)
class Remarks:
    """One page of remarks; `codes` are (code, sentence, count) of all of them, the most frequent first."""

    lines: list[Remark]
    page: Page
    codes: list[tuple[str, Any, int]]
    chosen: str


def _masked(value: str, *, personal: bool) -> str:
    """The birth date of the same row may stand on the line above."""
    return mask(value, SHOWN_BESIDE_BIRTH_DATE) if personal else mask_in(value)


def remarks_of(batch: ImportBatch, *, code: str = "", page: str | None = None) -> Remarks:
    """The remarks of a batch, of one code if it is one of them."""
    columns = kind_named(batch.kind).by_name if batch.kind else {}
    found = batch.issues.order_by("row", "column", "id")
    counted = dict(found.order_by().values_list("code").annotate(Count("pk")))
    chosen = code if code in counted else ""
    shown = Paginator(found.filter(code=chosen) if chosen else found, A_PAGE).get_page(page)
    lines = []
    for issue in shown:
        column, value = columns.get(issue.column), issue.value or ""
        lines.append(
            Remark(
                issue.row,
                column.label if column else issue.column,
                _masked(value, personal=column is not None and column.personal),
                issue.severity,
                CODES[issue.code].sentence,
                issue.code,
            )
        )
    codes = [(name, CODES[name].sentence, count) for name, count in sorted(counted.items(), key=lambda one: -one[1])]
    return Remarks(lines, shown, codes, chosen)
