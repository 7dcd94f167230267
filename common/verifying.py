"""Whether the chains hold: each link computed anew, in its place and in its time, and compared with heads kept outside.

Found with its place is whatever was changed, removed, cut off, rewritten, or put in afterwards with an earlier time.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from common.contents import altered_recordings
from common.heads import KeptHead, kept_head
from common.models import AuditSeal, Recording
from common.sealing import EVENT_FIELDS, GENESIS, RECORDING_FIELDS, event_digest, recording_digest

LATE = dt.timedelta(hours=1)
"""How long after its time an event may be sealed while the sealing runs: longer than any transaction is open."""
FIELDS = (
    "position", "at", "content", "digest", "event_id",
    *(f"event__{name}" for name in EVENT_FIELDS), *(f"recording__{name}" for name in RECORDING_FIELDS),
)  # fmt: skip
OLDEST = dt.datetime(1, 1, 2, tzinfo=dt.UTC)


@dataclass(frozen=True)
class ChainFault:
    """`position` is that of a link; None where the problem is not one of a link."""

    institution_id: int | None
    position: int | None
    problem: str


def verify_audit_chain(heads: Iterable[str] = ()) -> Iterator[ChainFault]:
    """Compute every chain anew and yield each place where it does not hold.

    `heads` are lines that were kept from before (`common.heads`): a chain that no longer passes through them was cut or
    rewritten, and what was sealed after one of them and claims an earlier time was put in afterwards.
    """
    kept: dict[int | None, dict[int, KeptHead]] = {}
    for head in map(kept_head, heads):
        kept.setdefault(head.chain, {})[head.position] = head
    chains = AuditSeal.objects.order_by("institution_id").values_list("institution_id", flat=True).distinct()
    for chain in {*chains, *kept}:
        walk = _Walk(chain, kept.get(chain, {}))
        yield from walk.faults()
        yield from _recording_faults(chain)


@dataclass
class _Walk:
    """Along one chain, remembering what the links before have shown."""

    chain: int | None
    kept: dict[int, KeptHead]
    expected: int = 1
    previous: bytes = GENESIS
    sealed_at: dt.datetime = OLDEST
    not_before: dt.datetime = OLDEST
    number: int = 0
    seen: set[int] = field(default_factory=set)

    def faults(self) -> Iterator[ChainFault]:
        links = AuditSeal.objects.filter(institution_id=self.chain).order_by("position").values(*FIELDS)
        for link in links.iterator():
            if link["position"] != self.expected:
                yield ChainFault(self.chain, self.expected, "a link is missing")
            for problem in (*self._digest(link), *self._time(link), *self._order(link), *self._head(link)):
                yield ChainFault(self.chain, link["position"], problem)
        for position in self.kept:
            yield ChainFault(self.chain, position, "the tail is cut off: the head that was kept is gone")

    def _digest(self, link: dict[str, Any]) -> Iterator[str]:
        if link_digest(self.previous, link) != bytes(link["digest"]):
            what = "event" if link["event_id"] else "recording"
            yield f"the {what} differs from what was sealed"
        self.expected, self.previous = link["position"] + 1, bytes(link["digest"])

    def _time(self, link: dict[str, Any]) -> Iterator[str]:
        """An event is sealed soon after its time, and links one after the other."""
        at = link["at"]
        if at is None:
            return
        if at > self.sealed_at:
            self.not_before = max(self.not_before, self.sealed_at)
        if not self.sealed_at <= at <= timezone.now() + LATE:
            yield "the link claims a time that cannot be"
        happened = link["event__at"] or link["recording__instant"]
        if happened and not self.not_before - LATE <= happened <= at + LATE:
            yield "put in afterwards: it claims a time at which it was not there"
        self.sealed_at = at

    def _order(self, link: dict[str, Any]) -> Iterator[str]:
        """Recordings are sealed in the order of their numbers, without a gap; one that is sealed again has its link already."""
        key, number = link["recording__id"], link["recording__number"]
        if number is None or key in self.seen:
            return
        if number != self.number + 1:
            yield f"the recording {number} follows upon {self.number}"
        self.number = max(number, self.number)
        self.seen.add(key)

    def _head(self, link: dict[str, Any]) -> Iterator[str]:
        head = self.kept.pop(link["position"], None)
        if head is None:
            return
        if head.digest != self.previous.hex():
            yield "the chain was rewritten: its head differs from the one kept"
        if head.at:
            self.not_before = max(self.not_before, head.at)


def link_digest(previous: bytes, link: dict[str, Any]) -> bytes:
    if link["event_id"]:
        event = {name: link[f"event__{name}"] for name in EVENT_FIELDS}
        return event_digest(previous, event, link["at"])
    recording = {name: link[f"recording__{name}"] for name in RECORDING_FIELDS}
    return recording_digest(previous, recording, link["at"], bytes(link["content"]))


def _recording_faults(chain: int | None) -> Iterator[ChainFault]:
    if chain is None:
        return
    found = Recording.objects.filter(institution_id=chain).order_by("number")
    for number in found.filter(audit_events__isnull=True).values_list("number", flat=True):
        yield ChainFault(chain, None, f"no event tells of the recording {number}")
    for number in found.filter(pk__in=altered_recordings(chain)).values_list("number", flat=True):
        yield ChainFault(chain, None, f"rows of the recording {number} differ from what was sealed")
