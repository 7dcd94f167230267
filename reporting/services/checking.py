"""Whether figures are still what was computed, handed in or published: asked wherever they are shown (decision 0069).

Whoever finds some that are not tells the auditors and the log of the server; the page warns.
"""

from typing import Any

import structlog
from django.utils.translation import gettext_lazy as _

from common.contents import altered_recordings
from common.models import AuditEvent
from learning_centers.models import Institution
from people.services.trail import tell_auditors
from reporting.models import FrozenReturn, ProfileStatement, PublishedFigure, StatisticsRun
from reporting.services.freezing import VERBS
from reporting.services.running import digest_of, rows_of

WARNING = _(
    "These figures have been changed since: they are not what was computed, handed in or published. Do not use them; the"
    " auditors have been told."
)
log = structlog.get_logger("ceportal")


def warnings_of_run(run: StatisticsRun) -> list[dict[str, Any]]:
    holds = digest_of(run.definitions, run.as_of, run.since, rows_of(run)) == run.digest
    return _warnings(run.institution, run, holds=holds)


def warnings_of_return(frozen: FrozenReturn) -> list[dict[str, Any]]:
    """Its digest stands in the audit trail, too, so that figures and digest cannot be changed together."""
    rows = [(name, key, values) for name in frozen.breakdowns for key, values in frozen.figures.get(name, [])]
    holds = digest_of(frozen.definitions, frozen.as_of, frozen.since, rows) == frozen.digest == _told_digest(frozen)
    return _warnings(frozen.institution, frozen, holds=holds)


def warnings_of_claims(institution: Institution) -> list[dict[str, Any]]:
    """Of what an institution publishes of itself, by the seals of the recordings that brought it."""
    claims = [
        model.objects.current().filter(institution=institution).values_list("recorded_in_id", flat=True)
        for model in (PublishedFigure, ProfileStatement)
    ]
    altered = altered_recordings(among={key for keys in claims for key in keys})
    return _warnings(institution, institution, holds=not altered)


def _told_digest(frozen: FrozenReturn) -> str | None:
    """What the event of freezing says; from before it said so the digest itself, and None without any event."""
    about = AuditEvent.objects.filter(
        subject_type=frozen._meta.label_lower, subject_id=frozen.public_id, verb__in=VERBS
    )
    event = about.order_by("id").first()
    return event.detail.get("digest", frozen.digest) if event else None


def _warnings(institution: Institution, shown: Any, *, holds: bool) -> list[dict[str, Any]]:
    if holds:
        return []
    log.error("figures are not what they were", model=shown._meta.label_lower, key=shown.pk)
    tell_auditors(institution, "figures_changed")
    return [{"level": "wrong", "text": WARNING}]
