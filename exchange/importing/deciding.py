"""Two people for a file whose rows take two people on a page: one uploads it, another sees the whole of it and decides.

Taking such a file back takes two people in the same way. What a kind guards and who decides, the kind says (`SecondPerson`).
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import can, require
from common.audit import AuditNote, write_audit
from common.errors import DomainError
from common.transitions import move
from exchange.importing.reviewing import digest_of_reviews
from exchange.importing.store import RIGHT
from exchange.importing.turns import locked_batch
from exchange.jobs import enqueue
from exchange.kinds import SecondPerson, kind_named
from exchange.models import ImportBatch, Job

State = ImportBatch.State
WAITS, APPROVED, DECLINED, UNDO_WAITS = "waits", "approved", "declined", "undo_waits"
"""The events that a kind tells people of."""
DECIDE, DECLINE, KEEP = "exchange.decide_import", "exchange.decline_import", "exchange.keep_import"
"""Acts on the trail; the right to them is the kind's."""
COMMIT = "exchange.commit_import"


def second_person_needed() -> DomainError:
    return DomainError(_("A second person must decide: you asked for this yourself."), code="second_person")


def second_person_of(batch: ImportBatch) -> SecondPerson | None:
    """None as well while the kind of the file is not recognised."""
    return kind_named(batch.kind).second_person if batch.kind else None


def waits_for_decision(batch: ImportBatch) -> bool:
    return batch.needs_second_person and batch.status == State.CHECKED


def may_decide(batch: ImportBatch, by: Any) -> bool:
    """Whether `by` is a second person for the file: not who uploaded it, with the right of whoever decides on a page."""
    return _may_follow(batch, batch.uploaded_by_id, by)


def may_decide_undo(batch: ImportBatch, by: Any) -> bool:
    """Whether `by` is a second person for what another has asked to be taken back."""
    return batch.undo_asked_by_id is not None and _may_follow(batch, batch.undo_asked_by_id, by)


def _may_follow(batch: ImportBatch, first: int, by: Any) -> bool:
    known = second_person_of(batch)
    return known is not None and can(by, known.verb, batch) and first not in known.accounts_of(by)


def require_to_decide(batch: ImportBatch, by: Any) -> SecondPerson:
    """Raises NotAllowed, and DomainError `second_person` for whoever uploaded the file, whatever roles and accounts
    they hold."""
    known = second_person_of(batch)
    require(by, known.verb if known else RIGHT, batch)
    if known is None or batch.uploaded_by_id in known.accounts_of(by):
        raise second_person_needed()
    return known


def require_decided(batch: ImportBatch) -> None:
    """Asked in the moment in which storing begins. Raises DomainError `second_person` while nobody has decided, `stale` if what
    was seen is no longer what is written down, and NotAllowed if whoever decided has lost the right since."""
    if not batch.needs_second_person:
        return
    if batch.decided_by is None:
        raise second_person_needed()
    require_to_decide(batch, batch.decided_by)
    if batch.seen_digest != digest_of_reviews(batch):
        raise _stale()


def tell_who_decides(batch: ImportBatch) -> None:
    if batch.needs_second_person and (known := second_person_of(batch)):
        known.tell(batch, WAITS)


@transaction.atomic
def approve_import(batch: ImportBatch, *, seen: str, by: Any) -> Job:
    """A second person has seen all rows of the file (`seen`: `digest_of_reviews`) and lets a worker store it.

    Right: that of the kind's second person. Raises NotAllowed, DomainError `second_person`, `stale`, `nothing_to_decide`.
    """
    known = require_to_decide(batch, by)
    batch = _waiting(batch)
    if not seen or seen != digest_of_reviews(batch):
        raise _stale()
    batch.decided_by, batch.decided_at, batch.seen_digest = by, timezone.now(), seen
    batch.save(update_fields=["decided_by", "decided_at", "seen_digest"])
    _write(batch, DECIDE, by, seen=seen)
    known.tell(batch, APPROVED)
    return enqueue_commit(batch, by=by)


def enqueue_commit(batch: ImportBatch, *, by: Any) -> Job:
    """Let a worker store what was decided, or needs no decision: the caller has seen to that."""
    return enqueue(COMMIT, by=by, institution=batch.institution, key=str(batch.pk), arguments={"batch": batch.pk})


@transaction.atomic
def decline_import(batch: ImportBatch, *, reason: str, by: Any) -> ImportBatch:
    """A checked file is not to be stored: a second person says why, or whoever uploaded it gives it up.

    Right: that of the kind's second person, or `exchange.import_file` for one's own. Raises NotAllowed, DomainError `required`,
    `nothing_to_decide`.
    """
    is_own = by.pk == batch.uploaded_by_id
    known = second_person_of(batch) if is_own else require_to_decide(batch, by)
    if is_own:
        require(by, RIGHT, batch)
    elif not reason.strip():
        raise DomainError(_("Give a reason; it stays with the decision."), code="required")
    batch = _waiting(batch)
    if not is_own:
        batch.decided_by, batch.decided_at = by, timezone.now()
    batch.reason = reason.strip()
    batch.save(update_fields=["decided_by", "decided_at", "reason"])
    move(batch, State.DECLINED)
    _write(batch, DECLINE, by)
    if known and not is_own:
        known.tell(batch, DECLINED)
    return batch


@transaction.atomic
def keep_import(batch: ImportBatch, *, by: Any) -> ImportBatch:
    """What was asked to be taken back stays: said by whoever asked, or by a second person. Raises NotAllowed, DomainError
    `nothing_to_decide`."""
    batch = locked_batch(batch)
    if batch.undo_asked_by_id is None:
        raise _nothing_to_decide()
    if batch.undo_asked_by_id != by.pk:
        known = second_person_of(batch)
        require(by, known.verb if known else RIGHT, batch)
    ImportBatch.objects.filter(pk=batch.pk).update(undo_asked_by=None)
    _write(batch, KEEP, by)
    return ImportBatch.objects.defer("content").get(pk=batch.pk)


def _waiting(batch: ImportBatch) -> ImportBatch:
    batch = locked_batch(batch)
    if not waits_for_decision(batch):
        raise _nothing_to_decide()
    return batch


def _nothing_to_decide() -> DomainError:
    return DomainError(_("Nobody waits for a decision about this file."), code="nothing_to_decide")


def _stale() -> DomainError:
    return DomainError(_("What would be stored is no longer what was shown. Look at it again."), code="stale")


def _write(batch: ImportBatch, verb: str, by: Any, **detail: str) -> None:
    told = {"kind": batch.kind, "rows": batch.rows_total, **detail}
    write_audit([AuditNote(verb, batch, detail=told)], by=by, institution_id=batch.institution_id)
