"""What people must see before a file is stored: written down at the check, compared with what is stored when its turn comes.

Between the two anything may have been written by others. A row that would now do something else than was seen is refused.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson

from common.crypto import digest
from exchange.cells import WRONG
from exchange.importing.rows import CREATED, Row, shown
from exchange.importing.store import Store
from exchange.kinds import FileKind, kind_named
from exchange.models import ImportBatch, RowReview

Cell = tuple[str, str | None, str | None]


class Review(NamedTuple):
    """What a row does: `cells` are (column, before, after); of a new record that takes two people, all that it says."""

    guarded: bool
    about: str
    cells: list[Cell]
    refusals: frozenset[str]

    def still_is(self, seen: "Review | None") -> bool:
        """Whether it does what was seen; what a page would refuse no longer is no surprise."""
        return seen is not None and self[:3] == seen[:3] and self.refusals <= seen.refusals


def is_reviewed(batch: ImportBatch, kind: FileKind) -> bool:
    """The system user stores at once, as the contract of the samples says."""
    return kind.second_person is not None and not batch.uploaded_by.is_system


def note_reviews(batch: ImportBatch, store: Store, rows: Sequence[Row]) -> None:
    """Write down what planned rows would change, and on the batch whether one of them needs a second person."""
    store.review(rows)
    kind = kind_named(batch.kind)
    reviews = {row.number: review for row in rows if (review := _review(row, kind))}
    batch.needs_second_person |= any(one.guarded for one in reviews.values())
    RowReview.objects.bulk_create(
        [
            RowReview(
                batch=batch, row=number, guarded=one.guarded, refusals=sorted(one.refusals),
                told=orjson.dumps([one.about, one.cells]).decode(),
            )
            for number, one in reviews.items()
        ],
        batch_size=2000,
    )  # fmt: skip


def refuse_unseen(batch: ImportBatch, store: Store, rows: Iterable[Row]) -> None:
    """Refuse rows that take two people, and all changes of a file that a second person has seen, where they are not as seen."""
    kind, good = kind_named(batch.kind), [row for row in rows if not row.rejected]
    store.review(good)
    found = RowReview.objects.filter(batch=batch, row__in=[row.number for row in good])
    seen = {one.row: stored_review(one) for one in found}
    for row in good:
        review = _review(row, kind)
        if review and (review.guarded or batch.needs_second_person) and not review.still_is(seen.get(row.number)):
            row.say(kind.duplicates_on, "changed_since_seen")


def _review(row: Row, kind: FileKind) -> Review | None:
    """None where a row changes nothing that is known and takes nobody else."""
    if not (row.before or row.guarded):
        return None
    names = row.values if row.guarded and row.outcome == CREATED else dict.fromkeys([*kind.key, *row.before])
    cells = [_cell(row, name) for name in names if row.values[name] not in (None, WRONG)]
    return Review(row.guarded, row.about, cells, frozenset(row.page_refusals))


def _cell(row: Row, name: str) -> Cell:
    """The key of a change, which stays, is told with it."""
    after = shown(row.values[name])
    stays = row.outcome != CREATED and name not in row.before
    return name, after if stays else shown(row.before.get(name)), after


def stored_review(one: RowReview) -> Review:
    """After the file has expired nobody and nothing is told."""
    about, cells = orjson.loads(one.told) if one.told else ("", [])
    return Review(one.guarded, about, [(name, before, after) for name, before, after in cells], frozenset(one.refusals))


def digest_of_reviews(batch: ImportBatch) -> str:
    """What a page has shown of a batch, as one value: the file and every review, in order."""
    told = hashlib.sha256(batch.sha256.encode())
    for one in batch.reviews.order_by("row").iterator():
        told.update(repr((one.row, one.guarded, one.refusals, one.told)).encode())
    return digest("exchange.reviews", told.hexdigest()).hex()
