"""A file comes in: received, checked as a whole, its good rows stored in chunks that can be resumed at any point.

Checking writes nothing but the batch itself. Every chunk is planned anew against what is stored when its turn comes, and
written in one transaction with its mark, so that a kill at any point loses nothing and doubles nothing.
"""

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import require
from common.bulk import copy_rows
from common.crypto import decrypt, encryptor
from common.dates import today as local_today
from common.errors import DomainError
from common.ledger import recordings
from common.models import LedgerHead, Recording
from common.transitions import move
from exchange.chunks import Judge, chunked, extra_cell_issues
from exchange.importing.rows import CREATED, UNCHANGED, UPDATED, Row, pack, rows_of, unpack
from exchange.importing.store import RIGHT, AmbiguousKey, Desk, Store
from exchange.issues import FileRefused, Issue
from exchange.kinds import FileKind, kind_named
from exchange.models import ImportBatch, ImportIssue, StagedChunk
from exchange.reading import read_file
from exchange.types import Context

ROWS_A_CHUNK = 5_000
TRIES = 5
FILE_SEAL = "exchange.importbatch.content"
State = ImportBatch.State
Progress = Callable[[int, int], None]


class KnowledgeMoved(Exception):
    """Someone else has written while a chunk was planned; it must be planned anew."""


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Rows make no cycles; looking for some among all that is held costs a quarter of the time of an import."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def receive_file(
    kind: str, name: str, content: bytes, *, by: Any, institution: Any = None, today: date | None = None
) -> ImportBatch:
    """Take a file in. Raises NotAllowed, and DomainError `kind_unknown`."""
    require(by, "exchange.import_file", institution)
    try:
        kind_named(kind)
    except KeyError:
        raise DomainError(_("There is no such kind of file."), code="kind_unknown") from None
    return ImportBatch.objects.create(
        kind=kind,
        name=name[-255:],
        content=encryptor(FILE_SEAL)(content),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        institution=institution,
        uploaded_by=by,
        today=today or local_today(institution),
    )


@_collector_paused()
def check_file(batch: ImportBatch, progress: Progress | None = None) -> ImportBatch:
    """Judge the whole file: every remark at once, good rows staged. The batch is then checked or refused.

    What a run that was cut off has left is cleared first; until the end the batch counts as received.
    """
    batch = ImportBatch.objects.get(pk=batch.pk)
    if batch.status != State.RECEIVED:
        return batch
    if batch.content is None:
        raise DomainError(_("The file is no longer kept."), code="file_not_kept")
    _clear(batch)
    try:
        _check(batch, progress)
    except FileRefused as refused:
        with transaction.atomic():
            _clear(batch)
            _write_issues(batch, refused.issues)
            move(batch, State.REFUSED)
    else:
        with transaction.atomic():
            batch.save(update_fields=["header_row", "rows_total", "rejected"])
            move(batch, State.CHECKED)
    return batch


def _clear(batch: ImportBatch) -> None:
    batch.chunks.all().delete()
    batch.issues.all().delete()
    batch.rejected = 0


def _check(batch: ImportBatch, progress: Progress | None) -> None:
    kind = kind_named(batch.kind)
    sheet = read_file(decrypt(FILE_SEAL, bytes(batch.content or b"")), batch.name, kind)
    judge = Judge(kind, Context(batch.today, sheet.sheet.date1904))
    store = _store(batch, kind)
    total, expected = 0, sheet.sheet.expected_rows

    def judged() -> Iterator[list[Row]]:
        nonlocal total
        for found in chunked(sheet, ROWS_A_CHUNK):
            chunk = judge.judge(sheet.columns, found)
            extra = extra_cell_issues(found)
            batch.rejected += len(extra)
            total += len(found)
            _write_issues(batch, [*chunk.issues, *extra])
            if progress:
                progress(total, max(total, expected))
            yield rows_of(chunk, store.reports)

    try:
        for position, rows in enumerate(_in_order(judged(), store)):
            store.plan(rows)
            _write_issues(batch, [issue for row in rows for issue in row.issues])
            _stage(batch, position, [row for row in rows if not row.rejected])
            batch.rejected += sum(row.rejected for row in rows)
    except AmbiguousKey as ambiguous:
        raise FileRefused(issues=[Issue(None, ambiguous.column, "key_ambiguous")]) from ambiguous
    batch.rows_total, batch.header_row = total, sheet.header_row
    _write_issues(batch, sheet.warnings)


def _store(batch: ImportBatch, kind: FileKind) -> Store:
    assert kind.store is not None
    return kind.store(Desk(batch.uploaded_by, batch.institution, batch.today))


def _in_order(chunks: Iterable[list[Row]], store: Store) -> Iterator[list[Row]]:
    """The rows in the order of the store, those that belong together in one chunk."""
    if store.order is None:
        yield from chunks
        return
    order = store.order
    everything = sorted((row for chunk in chunks for row in chunk), key=order)
    waiting: list[Row] = []
    for _key, group in groupby(everything, key=lambda row: order(row)[0]):
        waiting += group
        if len(waiting) >= ROWS_A_CHUNK:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _stage(batch: ImportBatch, position: int, rows: Sequence[Row]) -> None:
    if rows:
        chunk = StagedChunk(batch=batch, position=position, rows=len(rows), payload=pack(rows))
        _count(chunk, rows)
        chunk.save()


def _count(chunk: StagedChunk, rows: Sequence[Row]) -> None:
    outcomes = [row.outcome for row in rows]
    chunk.created, chunk.updated = outcomes.count(CREATED), outcomes.count(UPDATED)
    chunk.unchanged = outcomes.count(UNCHANGED)
    chunk.changes = [[row.number, row.changes] for row in rows if row.outcome == UPDATED]


def _write_issues(batch: ImportBatch, issues: Sequence[Issue]) -> None:
    seal = encryptor("exchange.importissue.value")
    copy_rows(
        ImportIssue,
        ("batch_id", "row", "column", "code", "severity", "value"),
        (
            (
                batch.pk,
                one.row,
                one.column or "",
                one.code,
                one.severity,
                seal(one.value.encode()) if one.value else None,
            )
            for one in issues
        ),
    )


@_collector_paused()
def commit_file(batch: ImportBatch, progress: Progress | None = None) -> ImportBatch:
    """Store the good rows of a checked file; a batch whose work was cut off goes on where it stood."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.status == State.CHECKED:
            if batch.content is None:
                raise DomainError(_("The file is no longer kept."), code="file_not_kept")
            move(batch, State.COMMITTING)
    if batch.status != State.COMMITTING:
        return batch
    kind = kind_named(batch.kind)
    chunks = list(batch.chunks.order_by("position").values_list("pk", "done"))
    for number, (key, done) in enumerate(chunks, start=1):
        if not done:
            _commit_chunk(batch, kind, key)
        if progress:
            progress(number, len(chunks))
    with transaction.atomic():
        move(batch, State.COMMITTED)
        ImportBatch.objects.filter(pk=batch.pk).update(
            finished_at=timezone.now(), institution=batch.institution_id or _only_institution(batch)
        )
    batch.refresh_from_db()
    return batch


def _only_institution(batch: ImportBatch) -> int | None:
    """Whose file it was, if all that it wrote is of one institution: then its people find it in their history."""
    found = Recording.objects.filter(source=batch.public_id).order_by().values_list("institution", flat=True).distinct()
    return found[0] if len(found) == 1 else None


def _commit_chunk(batch: ImportBatch, kind: FileKind, key: int) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                _try_chunk(batch, kind, key)
        except (KnowledgeMoved, IntegrityError):
            if attempt == TRIES:
                raise
        else:
            return


def _try_chunk(batch: ImportBatch, kind: FileKind, key: int) -> None:
    chunk = StagedChunk.objects.select_for_update(of=("self",)).get(pk=key)
    if chunk.done:
        return
    rows = unpack(bytes(chunk.payload or b""), kind)
    heads = dict(LedgerHead.objects.values_list("institution_id", "number"))
    store = _store(batch, kind)
    store.plan(rows)
    good = [row for row in rows if not row.rejected]
    changed = [row for row in good if row.outcome != UNCHANGED]
    if changed:
        store.found(changed, batch.public_id)
        _write(batch, store, changed, heads)
    _write_issues(batch, [issue for row in rows for issue in row.issues if row.rejected])
    turned = len(rows) - len(good)
    if turned:
        batch_row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        batch_row.rejected += turned
        batch_row.save(update_fields=["rejected"])
    _count(chunk, good)
    chunk.done = True
    chunk.save(update_fields=["created", "updated", "unchanged", "changes", "done"])


def _write(batch: ImportBatch, store: Store, rows: Sequence[Row], heads: dict[int, int]) -> None:
    by_institution: dict[int, list[Row]] = {}
    for row in rows:
        assert row.institution_id is not None
        by_institution.setdefault(row.institution_id, []).append(row)
    model = LedgerHead._meta.get_field("institution").related_model
    institutions = model._default_manager.in_bulk(list(by_institution))
    terms = {"by": batch.uploaded_by, "reason": RIGHT, "source": batch.public_id}
    with recordings(institutions.values(), **terms) as entries:
        for key, some in sorted(by_institution.items()):
            store.write(some, entries[key], institutions[key])
            entries[key].note(RIGHT, batch, kind=batch.kind, rows=len(some))
    after = dict(LedgerHead.objects.filter(institution__in=by_institution).values_list("institution_id", "number"))
    if any(after[key] != heads[key] + 1 for key in by_institution if key in heads):
        raise KnowledgeMoved


def import_file(batch: ImportBatch, progress: Progress | None = None) -> ImportBatch:
    """Check and, unless the file is refused, store: what the shell does in one go."""
    batch = check_file(batch, progress)
    return commit_file(batch, progress) if batch.status != State.REFUSED else batch
