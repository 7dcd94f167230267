"""A file comes in: received, checked as a whole, its good rows stored in chunks that can be resumed at any point.

Checking writes nothing but the batch itself. A chunk is planned anew against what is stored when its turn comes, unless
nobody else has written since the check, and written in one transaction with its mark, so that a kill at any point loses
nothing and doubles nothing.
"""

import gc
import hashlib
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import require, scope_filter
from common.bulk import copy_rows, next_ids
from common.crypto import encryptor
from common.dates import today as local_today
from common.errors import DomainError
from common.ledger import recordings
from common.models import Recording
from common.transitions import move
from exchange.chunks import Judge, chunked, extra_cell_issues
from exchange.importing.deciding import require_decided, tell_who_decides
from exchange.importing.recognising import recognised_kind
from exchange.importing.reviewing import is_reviewed, note_reviews, refuse_unseen
from exchange.importing.rows import CREATED, UNCHANGED, UPDATED, Row, pack, rows_of, unpack
from exchange.importing.store import RIGHT, AmbiguousKey, Desk, Store
from exchange.importing.turns import Turn, at_work, by_turns, is_at_work, ledger_heads, locked_batch
from exchange.issues import FileRefused, Issue
from exchange.kinds import FileKind, InstitutionOf, all_kinds, kind_named
from exchange.models import ImportBatch, ImportIssue, StagedChunk
from exchange.reading import read_file
from exchange.types import Context

ROWS_A_CHUNK = 5_000
LEFT_BY_THE_CHECK = ("kind", "header_row", "rows_total", "rejected", "planned_on", "institution", "needs_second_person")
State = ImportBatch.State
Progress = Callable[[int, int], None]


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
    kind: str,
    name: str,
    content: bytes,
    *,
    by: Any,
    institution: Any = None,
    center: Any = None,
    partner: Any = None,
    today: date | None = None,
) -> ImportBatch:
    """Take a file in, for an institution or, of the kinds that may be handed in there, for one of its centres or for a partner
    organization. It is not opened here: where no kind is named, its check recognises it.

    Raises NotAllowed, and DomainError `kind_unknown`.
    """
    place = center or partner
    require(by, RIGHT, place or institution)
    if not _may_be_handed_in(kind, "center" if center else "partner" if partner else None):
        raise DomainError(_("There is no such kind of file."), code="kind_unknown")
    institution = place.institution if place else institution
    return ImportBatch.objects.create(
        kind=kind,
        name=name[-255:],
        content=zlib.compress(content, 1),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        institution=institution,
        center=center,
        partner=partner,
        uploaded_by=by,
        today=today or local_today(institution),
    )


def _may_be_handed_in(kind: str, level: str | None) -> bool:
    known = next((one for one in all_kinds() if one.name == kind), None)
    if level is not None:
        return known is not None and level in known.handed_in_at
    return known is not None or not kind


def file_of(batch: ImportBatch) -> bytes:
    """The file as it was sent. Raises DomainError `file_not_kept` after it has expired."""
    if batch.content is None:
        raise DomainError(_("The file is no longer kept."), code="file_not_kept")
    return zlib.decompress(batch.content)


@_collector_paused()
def check_file(batch: ImportBatch, progress: Progress | None = None) -> ImportBatch:
    """Judge the whole file: every remark at once, good rows staged. The batch is then checked or refused.

    What a run that was cut off has left is cleared first; until the end the batch counts as received.
    """
    batch = ImportBatch.objects.get(pk=batch.pk)
    if batch.status != State.RECEIVED:
        return batch
    content = file_of(batch)
    _clear(batch)
    try:
        _check(batch, content, progress)
    except FileRefused as refused:
        with transaction.atomic():
            _clear(batch)
            _write_issues(batch, refused.issues)
            batch.save(update_fields=["kind"])
            move(batch, State.REFUSED)
    else:
        with transaction.atomic():
            batch.save(update_fields=LEFT_BY_THE_CHECK)
            move(batch, State.CHECKED)
            tell_who_decides(batch)
    return batch


def _clear(batch: ImportBatch) -> None:
    batch.chunks.all().delete()
    batch.issues.all().delete()
    batch.reviews.all().delete()
    batch.rejected, batch.needs_second_person = 0, False


def _check(batch: ImportBatch, content: bytes, progress: Progress | None) -> None:
    kind = kind_named(batch.kind) if batch.kind else recognised_kind(batch.name, content)
    batch.kind = kind.name
    sheet = read_file(content, batch.name, kind)
    judge = Judge(kind, Context(batch.today, sheet.sheet.date1904))
    if kind.institution_of is InstitutionOf.FILE and batch.institution is None:
        batch.institution = _only_institution_within_reach(batch)
    heads, store = ledger_heads(), _store(batch, kind)
    total, expected = 0, sheet.sheet.expected_rows
    institutions: set[int | None] = set()

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

    if kind.institution_of is InstitutionOf.FILE and batch.institution is None:
        deque(judged(), maxlen=0)  # a file that cannot be read is refused for that
        raise FileRefused("institution_required")
    try:
        for position, rows in enumerate(_in_order(judged(), store)):
            store.plan(rows)
            _write_issues(batch, [issue for row in rows for issue in row.issues])
            good = [row for row in rows if not row.rejected]
            if is_reviewed(batch, kind):
                note_reviews(batch, store, good)
            _stage(batch, position, good, store)
            batch.rejected += len(rows) - len(good)
            institutions |= {row.institution_id for row in good}
    except AmbiguousKey as ambiguous:
        raise FileRefused(issues=[Issue(None, ambiguous.column, "key_ambiguous")]) from ambiguous
    batch.rows_total, batch.header_row = total, sheet.header_row
    if batch.needs_second_person:
        _name_institution(batch, institutions)
    batch.planned_on = _ledgers(batch, heads)
    _write_issues(batch, sheet.warnings)


def _only_institution_within_reach(batch: ImportBatch) -> Any:
    model = ImportBatch._meta.get_field("institution").related_model
    found = model._default_manager.filter(scope_filter(model, batch.uploaded_by, RIGHT))[:2]
    return found[0] if len(found) == 1 else None


def _name_institution(batch: ImportBatch, found: set[int | None]) -> None:
    """Whoever decides belongs to one institution, so the file does as well. Raises FileRefused `institution_needed`."""
    if batch.institution_id is None:
        if len(found) > 1:
            raise FileRefused("institution_needed")
        (batch.institution_id,) = found


def _store(batch: ImportBatch, kind: FileKind) -> Store:
    assert kind.store is not None
    return kind.store(Desk(batch.uploaded_by, batch.institution, batch.today, batch.center, batch.partner))


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


def _ledgers(batch: ImportBatch, heads: dict[int, int]) -> dict[str, int]:
    """Heads of the ledgers that plans for the batch rest on, in the form in which they are stored."""
    return {str(key): number for key, number in heads.items() if batch.institution_id in (None, key)}


def _stage(batch: ImportBatch, position: int, rows: Sequence[Row], store: Store) -> None:
    if rows:
        payload = pack(rows, [store.keep(row) for row in rows])
        chunk = StagedChunk(batch=batch, position=position, rows=len(rows), payload=payload)
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
        ("id", "batch_id", "row", "column", "code", "severity", "value"),
        (
            (
                key,
                batch.pk,
                one.row,
                one.column or "",
                one.code,
                one.severity,
                seal(one.value.encode(), batch.pk, key) if one.value else None,
            )
            for key, one in zip(next_ids(ImportIssue, len(issues)), issues, strict=True)
        ),
    )


def unfinished_import(kind: str, content: bytes, *, by: Any, institution: Any = None) -> ImportBatch | None:
    """The actor's import of the same file whose storing was cut off and that no process goes on with."""
    digest = hashlib.sha256(content).hexdigest()
    known = ImportBatch.objects.filter(kind=kind, sha256=digest, uploaded_by=by)
    if (
        institution or kind_named(kind).institution_of is not InstitutionOf.FILE
    ):  # that one's check has named the only one
        known = known.filter(institution=institution)
    cut_off = known.filter(status=State.COMMITTING).order_by("-pk")
    return next((batch for batch in cut_off if not is_at_work(batch)), None)


@_collector_paused()
def commit_file(batch: ImportBatch, progress: Progress | None = None) -> ImportBatch:
    """Store the good rows of a checked file; a batch whose work was cut off goes on where it stood.

    Raises DomainError `busy`: what is stored stays, and the batch can go on later or be undone. Raises what `require_decided`
    raises.
    """
    with at_work(batch):
        return _commit(batch, progress)


def _commit(batch: ImportBatch, progress: Progress | None) -> ImportBatch:
    with transaction.atomic():
        batch = locked_batch(batch)
        if batch.status == State.CHECKED:
            if ImportBatch.objects.filter(pk=batch.pk, content=None).exists():
                raise DomainError(_("The file is no longer kept."), code="file_not_kept")
            require_decided(batch)
            move(batch, State.COMMITTING)
    if batch.status != State.COMMITTING:
        return batch
    kind = kind_named(batch.kind)
    chunks = list(batch.chunks.order_by("position").values_list("pk", "done"))
    for number, (key, done) in enumerate(chunks, start=1):
        if not done:
            by_turns(partial(_try_chunk, batch, kind, key))
        if progress:
            progress(number, len(chunks))
    with transaction.atomic():
        batch = locked_batch(batch)
        if batch.status == State.COMMITTING:
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


def _try_chunk(batch: ImportBatch, kind: FileKind, key: int, turn: Turn) -> None:
    """Store a chunk, unless the batch was undone meanwhile: as the check has planned it if nobody else has written since."""
    batch_row = locked_batch(batch, no_key=True)
    chunk = StagedChunk.objects.select_for_update(of=("self",)).defer("payload").get(pk=key)
    if chunk.done or batch_row.status != State.COMMITTING:
        return
    turn.begin()
    stands = batch_row.planned_on == _ledgers(batch_row, turn.heads)
    if not stands or chunk.created or chunk.updated:
        _store_chunk(batch_row, kind, chunk, turn, stands=stands)
    chunk.done = True
    chunk.save(update_fields=["created", "updated", "unchanged", "changes", "done"])


def _store_chunk(batch: ImportBatch, kind: FileKind, chunk: StagedChunk, turn: Turn, *, stands: bool) -> None:
    rows, plans = unpack(bytes(chunk.payload or b""), kind)
    store = _store(batch, kind)
    stands = stands and plans is not None and store.resume(rows, plans)
    if not stands:
        store.plan(rows)
        if is_reviewed(batch, kind):
            refuse_unseen(batch, store, rows)
    good = [row for row in rows if not row.rejected]
    changed = [row for row in good if row.outcome != UNCHANGED]
    if changed:
        store.found(changed, batch.public_id)
        _write(batch, store, changed, turn)
        if stands:
            batch.planned_on = _ledgers(batch, turn.settled)
    _write_issues(batch, [issue for row in rows for issue in row.issues if row.rejected])
    batch.rejected += len(rows) - len(good)
    batch.save(update_fields=["rejected", "planned_on"])
    _count(chunk, good)


def _write(batch: ImportBatch, store: Store, rows: Sequence[Row], turn: Turn) -> None:
    by_institution: dict[int, list[Row]] = {}
    for row in rows:
        assert row.institution_id is not None
        by_institution.setdefault(row.institution_id, []).append(row)
    turn.take(by_institution)
    model = ImportBatch._meta.get_field("institution").related_model
    institutions = model._default_manager.in_bulk(list(by_institution))
    terms = {"by": batch.uploaded_by, "reason": RIGHT, "source": batch.public_id}
    with recordings(institutions.values(), **terms) as entries:
        for key, some in sorted(by_institution.items()):
            store.write(some, entries[key], institutions[key])
            entries[key].note(RIGHT, batch, kind=batch.kind, rows=len(some))
    turn.settle(by_institution)


def import_file(batch: ImportBatch, progress: Progress | None = None) -> ImportBatch:
    """Check and, unless the file is refused, store: what the shell does in one go."""
    batch = check_file(batch, progress)
    return commit_file(batch, progress) if batch.status != State.REFUSED else batch
