"""The audit trail: events written with the deed (docs/rules.md §8, docs/architecture.md §2.10), sealed afterwards by
`common.sealing`."""

import uuid
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from common.models import AuditEvent

reference: ContextVar[str] = ContextVar("reference", default="")
"""The request or job under way, so that an event can be found from a log line and back."""


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
