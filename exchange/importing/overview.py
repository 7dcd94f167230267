"""What a page tells of a file before it is stored: every change of what is known, and what a page would have refused."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from common.masking import mask
from exchange.importing.deciding import second_person_of
from exchange.importing.reviewing import Cell, stored_review
from exchange.issues import CODES
from exchange.kinds import Column, SecondPerson, kind_named
from exchange.models import ImportBatch, RowReview

A_PAGE = 100
MOST_ROWS_NAMED = 30


@dataclass(frozen=True)
class SeenCell:
    label: Any
    before: str
    after: str


@dataclass(frozen=True)
class SeenRow:
    row: int
    about: str
    guarded: bool
    cells: list[SeenCell]
    refusals: list[Any]


@dataclass(frozen=True)
class Refused:
    """A rule by which a page would have refused rows; some of them by their numbers."""

    sentence: Any
    count: int
    rows: list[int]


@dataclass(frozen=True)
class Overview:
    rows: list[SeenRow]
    page: Page
    refused: list[Refused]
    guarded: int


def overview_of(batch: ImportBatch, page: str | None = None) -> Overview:
    """One page of the changes, rows that take two people first; values as records show them, numbers masked."""
    reviews = batch.reviews.order_by("-guarded", "row")
    shown = Paginator(reviews, A_PAGE).get_page(page)
    known, columns = second_person_of(batch), kind_named(batch.kind).by_name
    rows = [_row(one, known, columns) for one in shown] if known else []
    return Overview(rows, shown, _refused(batch, known), reviews.filter(guarded=True).count())


def _row(one: RowReview, known: SecondPerson, columns: dict[str, Column]) -> SeenRow:
    review = stored_review(one)
    cells = [_cell(cell, known, columns[cell[0]]) for cell in review.cells]
    return SeenRow(one.row, review.about, one.guarded, cells, [_sentence(known, code) for code in one.refusals])


def _cell(cell: Cell, known: SecondPerson, column: Column) -> SeenCell:
    before, after = (_shown(value, known, column) for value in cell[1:])
    return SeenCell(column.label, before, after)


def _shown(value: str | None, known: SecondPerson, column: Column) -> str:
    if not value:
        return ""
    return mask(value) if column.personal and not column.shown_in_clear else known.in_words(column.name, value)


def _refused(batch: ImportBatch, known: SecondPerson | None) -> list[Refused]:
    rows: dict[str, list[int]] = defaultdict(list)
    for number, codes in batch.reviews.exclude(refusals=[]).order_by("row").values_list("row", "refusals"):
        for code in codes:
            rows[code].append(number)
    counted = Counter({code: len(some) for code, some in rows.items()})
    return [
        Refused(_sentence(known, code), count, rows[code][:MOST_ROWS_NAMED]) for code, count in counted.most_common()
    ]


def _sentence(known: SecondPerson | None, code: str) -> Any:
    if known and code in known.sentences:
        return known.sentences[code]
    return CODES[code].sentence if code in CODES else code
