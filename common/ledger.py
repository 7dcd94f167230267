"""The ledger of knowledge: every writing transaction is one recording per institution (docs/architecture.md §2.2)."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from common.audit import AuditNote, name_of, write_audit
from common.models import LedgerHead, Recording

_open: ContextVar[dict[int, "OpenRecording"] | None] = ContextVar("open_recordings", default=None)
_closed_last: ContextVar[dict[int, "OpenRecording"] | None] = ContextVar("recordings_closed_last", default=None)


@dataclass
class OpenRecording:
    """A recording under way: its key may be written into rows at once, its number is given at the end."""

    id: int
    institution_id: int
    actor: Any
    reason: str
    source: uuid.UUID | None
    undoes_id: int | None = None
    notes: list[AuditNote] = field(default_factory=list)

    def note(self, verb: str, subject: Any = None, *, reason: str = "", **detail: Any) -> None:
        """Add an audit event for this recording; `detail` must hold no personal value."""
        self.notes.append(AuditNote(verb, subject, reason, detail))


@contextmanager
def recording(
    institution: Any, *, by: Any, reason: str, source: uuid.UUID | None = None, undoes: int | None = None
) -> Iterator[OpenRecording]:
    """Open the institution's recording for this transaction, or join the one that is already open.

    On leaving, the ledger head is locked, the next number and a later instant are taken, and the audit events are written;
    the lock is held until commit, so that numbers become visible in order.
    """
    already = _open.get() or {}
    if institution.pk in already:
        yield already[institution.pk]
        return
    kept = _closed_last.get()
    if kept is None:
        with transaction.atomic():
            entry = OpenRecording(_next_key(), institution.pk, by, reason, source, undoes)
            with _opened(already, entry):
                yield entry
            _close(entry)
        return
    with _rolled_back_with(kept), transaction.atomic():
        entry = _shared(kept, OpenRecording(0, institution.pk, by, reason, source, undoes))
        before = len(entry.notes)
        with _opened(already, entry):
            yield entry
        if len(entry.notes) == before:
            entry.note(reason)


@contextmanager
def _opened(already: dict[int, OpenRecording], entry: OpenRecording) -> Iterator[None]:
    token = _open.set({**already, entry.institution_id: entry})
    try:
        yield
    finally:
        _open.reset(token)


def _shared(kept: dict[int, OpenRecording], asked: OpenRecording) -> OpenRecording:
    """The recording of the institution in this block. Raises ValueError where the service would be told as another's work."""
    entry = kept.get(asked.institution_id)
    if entry is None:
        asked.id = _next_key()
        return kept.setdefault(asked.institution_id, asked)
    if (entry.actor, entry.source, entry.undoes_id) != (asked.actor, asked.source, asked.undoes_id):
        raise ValueError("Services that share a recording have the same actor, the same source and undo the same.")
    return entry


@contextmanager
def _rolled_back_with(kept: dict[int, OpenRecording]) -> Iterator[None]:
    """A service that is refused takes back the recordings that it opened and the audit events that it noted."""
    notes = {entry.institution_id: len(entry.notes) for entry in kept.values()}
    try:
        yield
    except BaseException:
        for institution_id in list(kept):
            if institution_id in notes:
                del kept[institution_id].notes[notes[institution_id] :]
            else:
                del kept[institution_id]
        raise


@contextmanager
def closing_last() -> Iterator[None]:
    """Recordings opened inside are numbered at the end of the block, not at the end of each service.

    So no ledger head is locked while an answer is being made, and services that are called one after the other share one
    recording per institution, with the reason of the first; they have one actor. A service that is refused leaves neither rows
    nor audit events, and the next one may go on. Heads are locked in the order of keys, as by `recordings`. A savepoint that the
    caller opens around a service, and rolls back although the service succeeded, is not noticed: raise inside the service.
    """
    if _closed_last.get() is not None:
        yield
        return
    with transaction.atomic():
        kept: dict[int, OpenRecording] = {}
        token = _closed_last.set(kept)
        try:
            yield
        finally:
            _closed_last.reset(token)
        for institution_id in sorted(kept):
            _close(kept[institution_id])


@contextmanager
def recordings(institutions: Iterable[Any], **terms: Any) -> Iterator[dict[int, OpenRecording]]:
    """Open one recording per institution; heads are locked in the order of keys, so that two writers cannot deadlock."""
    with transaction.atomic(), ExitStack() as stack:
        ordered = sorted(institutions, key=lambda institution: institution.pk, reverse=True)
        yield {one.pk: stack.enter_context(recording(one, **terms)) for one in ordered}


def _next_key() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('common_recording', 'id'))")
        return cursor.fetchone()[0]


def _close(entry: OpenRecording) -> None:
    LedgerHead.objects.get_or_create(institution_id=entry.institution_id)
    head = LedgerHead.objects.select_for_update().get(institution_id=entry.institution_id)
    now = timezone.now()
    instant = now if head.instant is None or now > head.instant else head.instant + dt.timedelta(microseconds=1)
    Recording.objects.create(
        id=entry.id,
        institution_id=entry.institution_id,
        number=head.number + 1,
        instant=instant,
        actor=entry.actor,
        actor_name=name_of(entry.actor),
        reason=entry.reason,
        source=entry.source,
        undoes_id=entry.undoes_id,
    )
    LedgerHead.objects.filter(pk=head.pk).update(number=head.number + 1, instant=instant)
    write_audit(
        entry.notes or [AuditNote(entry.reason)],
        by=entry.actor,
        institution_id=entry.institution_id,
        recording_id=entry.id,
    )


@dataclass(frozen=True)
class Knowledge:
    """What an institution knew at an instant: all recordings up to `number`. Number 0 = before the first record."""

    institution_id: int
    number: int
    instant: dt.datetime
    is_latest: bool


def knowledge_at(institution: Any, instant: dt.datetime | None = None) -> Knowledge:
    """The last recording at or before the instant (default: now); never an error, before the first record number 0."""
    asked = instant or timezone.now()
    head = LedgerHead.objects.filter(institution=institution).first()
    if head is None:
        return Knowledge(institution.pk, 0, asked, True)
    if instant is None or (head.instant and head.instant <= instant):
        return Knowledge(institution.pk, head.number, max(asked, head.instant or asked), True)
    last = Recording.objects.filter(institution=institution, instant__lte=instant).order_by("-number").first()
    return Knowledge(institution.pk, last.number if last else 0, asked, False)
