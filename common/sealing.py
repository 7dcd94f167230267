"""The hash chain of each institution over its audit events and its recordings (docs/rules.md §8, decision 0069).

The digest of a link covers the digest before it and every field of what it seals. Sealing is a job of its own, so that writers
need not wait for each other; the heads of the chains go to a place outside the database (`common.heads`).
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from common.audit import AuditNote, write_audit
from common.contents import altered_recordings, contents_of
from common.models import AuditEvent, AuditSeal, Recording

GENESIS = b"\0" * 32
NAME = "actor_name"
EVENT_FIELDS = (
    "id", "institution_id", "at", "actor_id", "verb", "subject_type", "subject_id", "recording_id", "reason", "detail", "reference",
    NAME,
)  # fmt: skip
RECORDING_FIELDS = ("id", "institution_id", "number", "instant", "actor_id", NAME, "reason", "source", "undoes_id")
LOCK = "SELECT pg_advisory_xact_lock(hashtext('common.seal_audit_events'))"


def event_digest(previous: bytes, event: dict[str, Any], at: dt.datetime | None) -> bytes:
    """Events from before the actor's name was kept have none, and links from before their time was kept stand as they are."""
    values = [event[name] for name in EVENT_FIELDS if name != NAME or event[name]]
    return hashlib.sha256(previous + orjson.dumps(values if at is None else ["event", at, *values])).digest()


def recording_digest(previous: bytes, recording: dict[str, Any], at: dt.datetime, content: bytes) -> bytes:
    values = [recording[name] for name in RECORDING_FIELDS]
    return hashlib.sha256(previous + orjson.dumps(["recording", at, content.hex(), *values])).digest()


class _Chains:
    """Links to be appended, each to the chain of its institution."""

    def __init__(self) -> None:
        self.at = timezone.now()
        self.heads: dict[int | None, tuple[int, bytes]] = {}
        self.links: list[AuditSeal] = []

    def add_event(self, event: dict[str, Any]) -> None:
        position, previous = self._head(event["institution_id"])
        digest = event_digest(previous, event, self.at)
        self._append(event["institution_id"], position, digest, event_id=event["id"])

    def add_recording(self, one: dict[str, Any], content: bytes) -> None:
        position, previous = self._head(one["institution_id"])
        digest = recording_digest(previous, one, self.at, content)
        self._append(one["institution_id"], position, digest, recording_id=one["id"], content=content)

    def _append(self, chain: int | None, position: int, digest: bytes, **sealed: Any) -> None:
        self.heads[chain] = position + 1, digest
        link = AuditSeal(institution_id=chain, position=position + 1, at=self.at, digest=digest, **sealed)
        self.links.append(link)

    def _head(self, chain: int | None) -> tuple[int, bytes]:
        if chain not in self.heads:
            last = AuditSeal.objects.filter(institution_id=chain).order_by("-position").first()
            self.heads[chain] = (last.position, bytes(last.digest)) if last else (0, GENESIS)
        return self.heads[chain]

    def save(self) -> int:
        AuditSeal.objects.bulk_create(self.links)
        done, self.links = len(self.links), []
        return done


@transaction.atomic
def seal_audit_events(at_once: int = 2000) -> int:
    """Append the recordings and events that no link seals yet to their chains; returns how many. Safe to run twice at once.

    All of one run is sealed at one instant: what an earlier run left out was not there at that time.
    """
    _wait_for_others()
    chains, done = _Chains(), 0
    while _add_unsealed(chains, at_once):
        done += chains.save()
    return done


def _add_unsealed(chains: _Chains, at_once: int) -> int:
    """Events before recordings, as they were written; returns how many links wait to be saved."""
    for event in AuditEvent.objects.filter(seal__isnull=True).order_by("id").values(*EVENT_FIELDS)[:at_once]:
        chains.add_event(event)
    unsealed = Recording.objects.filter(seals__isnull=True)
    _add_recordings(chains, unsealed.order_by("institution_id", "number")[:at_once])
    return len(chains.links)


@transaction.atomic
def seal_again(recording_ids: Iterable[int]) -> int:
    """A further link for recordings whose rows were rewritten in earnest (by a migration); returns how many."""
    _wait_for_others()
    chains = _Chains()
    _add_recordings(chains, Recording.objects.filter(pk__in=list(recording_ids)).order_by("institution_id", "number"))
    return chains.save()


@contextmanager
def rewriting_recordings() -> Iterator[None]:
    """What is rewritten within, by a migration, is sealed anew, and an event says so; what was altered before stays altered."""
    before = altered_recordings()
    yield
    if rewritten := altered_recordings() - before:
        seal_again(rewritten)
        write_audit([AuditNote("common.seal_again", detail={"recordings": len(rewritten)})], by=None)


def _add_recordings(chains: _Chains, found: Any) -> None:
    rows = list(found.values(*RECORDING_FIELDS))
    contents = contents_of(row["id"] for row in rows)
    for row in rows:
        chains.add_recording(row, contents[row["id"]])


def _wait_for_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOCK)


def chain_heads() -> Iterator[str]:
    """The last link of each chain, as `chain:position:digest`, to be kept outside of the database."""
    heads = AuditSeal.objects.order_by("institution_id", "-position").distinct("institution_id")
    for head in heads:
        yield f"{head.institution_id or '-'}:{head.position}:{bytes(head.digest).hex()}"
