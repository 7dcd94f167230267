"""The audit trail: events written with the deed, sealed afterwards into a hash chain (domain.md §8, architecture.md §2.10).

A seal's digest covers the previous digest and every field of its event. Sealing is a job of its own, so that writers need not
wait for each other; the head of each chain is worth keeping outside the database.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from common.models import AuditEvent, AuditSeal

reference: ContextVar[str] = ContextVar("reference", default="")
"""The request or job under way, so that an event can be found from a log line and back."""

GENESIS = b"\0" * 32
NAME = "actor_name"
SEALED_FIELDS = (
    "id", "institution_id", "at", "actor_id", "verb", "subject_type", "subject_id", "recording_id", "reason", "detail", "reference",
    NAME,
)  # fmt: skip


@dataclass(frozen=True)
class AuditNote:
    verb: str
    subject: Any = None
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def write_audit(
    notes: Iterable[AuditNote], *, by: Any, institution_id: int | None = None, recording_id: int | None = None
) -> None:
    now = timezone.now()
    AuditEvent.objects.bulk_create(
        AuditEvent(
            institution_id=institution_id,
            at=now,
            actor=by,
            actor_name=name_of(by),
            verb=note.verb,
            subject_type=note.subject._meta.label_lower if note.subject is not None else "",
            subject_id=_public_id(note.subject),
            recording_id=recording_id,
            reason=note.reason,
            detail=note.detail,
            reference=reference.get(),
        )
        for note in notes
    )


def name_of(user: Any) -> str:
    """The name that is shown and the one that the account signs in with."""
    if user is None:
        return ""
    shown, username = str(user), user.get_username()
    return username if shown == username else f"{shown} ({username})"


def _public_id(subject: Any) -> uuid.UUID | None:
    return getattr(subject, "public_id", None)


def _digest(previous: bytes, event: dict[str, Any]) -> bytes:
    """Events from before the actor's name was kept have none, and their seals stand as they are."""
    values = [event[name] for name in SEALED_FIELDS if name != NAME or event[name]]
    return hashlib.sha256(previous + orjson.dumps(values)).digest()


@transaction.atomic
def seal_audit_events(limit: int = 10_000) -> int:
    """Append the events that no seal covers yet to their chains; returns how many were sealed. Safe to run twice at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('common.seal_audit_events'))")
    heads: dict[int | None, tuple[int, bytes]] = {}
    seals = []
    for event in AuditEvent.objects.filter(seal__isnull=True).order_by("id").values(*SEALED_FIELDS)[:limit]:
        chain = event["institution_id"]
        position, previous = heads.get(chain) or _head(chain)
        heads[chain] = position + 1, _digest(previous, event)
        seals.append(
            AuditSeal(event_id=event["id"], institution_id=chain, position=position + 1, digest=heads[chain][1])
        )
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


def _head(institution_id: int | None) -> tuple[int, bytes]:
    last = AuditSeal.objects.filter(institution_id=institution_id).order_by("-position").first()
    return (last.position, bytes(last.digest)) if last else (0, GENESIS)


@dataclass(frozen=True)
class ChainFault:
    institution_id: int | None
    position: int
    problem: str


def verify_audit_chain(heads: Iterable[str] = ()) -> Iterator[ChainFault]:
    """Recompute every chain and yield each place where it does not hold: a changed, missing, moved or cut-out event.

    `heads` are lines of `chain_heads` kept from before: a chain that no longer passes through them was cut or rewritten.
    """
    kept = _kept_heads(heads)
    chains = AuditSeal.objects.values_list("institution_id", flat=True).distinct().order_by("institution_id")
    for chain in chains:
        expected, previous = 1, GENESIS
        seals = AuditSeal.objects.filter(institution_id=chain).order_by("position")
        for seal in seals.values("position", "digest", *(f"event__{name}" for name in SEALED_FIELDS)).iterator():
            event = {name: seal[f"event__{name}"] for name in SEALED_FIELDS}
            if seal["position"] != expected:
                yield ChainFault(chain, expected, "a link is missing")
            if _digest(previous, event) != bytes(seal["digest"]):
                yield ChainFault(chain, seal["position"], "the event differs from what was sealed")
            expected, previous = seal["position"] + 1, bytes(seal["digest"])
            if kept.pop((chain, seal["position"]), previous.hex()) != previous.hex():
                yield ChainFault(chain, seal["position"], "the chain was rewritten: its head differs from the one kept")
    for lost, position in kept:
        yield ChainFault(lost, position, "the tail is cut off: the head that was kept is gone")


def _kept_heads(lines: Iterable[str]) -> dict[tuple[int | None, int], str]:
    parts = [line.split(":") for line in lines]
    return {(int(chain) if chain != "-" else None, int(position)): digest for chain, position, digest in parts}


def chain_heads() -> Iterator[str]:
    """The last link of each chain, as `chain:position:digest`, to be kept outside of the database."""
    heads = AuditSeal.objects.order_by("institution_id", "-position").distinct("institution_id")
    for head in heads:
        yield f"{head.institution_id or '-'}:{head.position}:{bytes(head.digest).hex()}"
