"""The trail is verified by the clock, its heads are kept outside, and auditors are told when either fails."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import structlog
from django.db.models import Exists, OuterRef
from django.utils import timezone

from common.heads import keep_heads, kept_heads
from common.models import AuditSeal
from common.sealing import seal_audit_events
from common.verifying import ChainFault, verify_audit_chain
from learning_centers.models import Institution
from people.services.notices import notify, users_holding

A_DAY = dt.timedelta(days=1)
log = structlog.get_logger("ceportal")


def watch_trail() -> list[ChainFault]:
    """Seal, verify against the heads kept outside, tell of what does not hold, and keep the heads of today. Run once a day."""
    seal_audit_events()
    faults = list(_faults())
    for fault in faults:
        log.error(
            "the audit trail does not hold", chain=fault.institution_id, position=fault.position, why=fault.problem
        )
    _tell_of(Counter(fault.institution_id for fault in faults), "trail_changed")
    _tell_of(_sealed_again(), "recordings_sealed_again")
    _keep()
    return faults


def _faults() -> Iterator[ChainFault]:
    try:
        lines = kept_heads()
    except OSError as error:
        log.error("the heads of the audit trail cannot be read back", exc_info=error)
        yield ChainFault(None, None, "the heads that were kept outside are gone")
        lines = []
    yield from verify_audit_chain(lines)


def _sealed_again() -> Counter[int | None]:
    """How many recordings each institution had sealed anew within a day: rows that were sealed before have been rewritten."""
    before = AuditSeal.objects.filter(recording=OuterRef("recording"), position__lt=OuterRef("position"))
    links = AuditSeal.objects.filter(Exists(before), recording__isnull=False, at__gt=timezone.now() - A_DAY)
    return Counter(links.values_list("institution_id", flat=True))


def _keep() -> None:
    try:
        keep_heads()
    except OSError as error:
        log.error("the heads of the audit trail could not be kept outside", exc_info=error)
        _tell_of(Counter({None: 1}), "heads_not_kept")


def _tell_of(counted: Counter[int | None], kind: str) -> None:
    """The auditors of each institution; what concerns none concerns all."""
    for institution in Institution.objects.all():
        if count := counted[institution.pk] + counted[None]:
            tell_auditors(institution, kind, count=count)


def tell_auditors(institution: Institution, kind: str, **terms: Any) -> None:
    notify(users_holding("common.view_trail", institution), kind, institution=institution, **terms)
