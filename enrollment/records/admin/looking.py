"""Who looked at a record and who wrote: opening one is an act that stays."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from common.admin import Table
from common.admin.ledger import events_table
from common.audit import AuditNote, write_audit
from common.models import AuditEvent

SAME_LOOK = dt.timedelta(hours=1)
"""Looking again within the hour is one look."""


def looks(request: HttpRequest, row: Any, verb: str, *beside: Any) -> Table:
    """Events of the row and of what belongs to it; this look is written down too, once an hour and user."""
    subjects = [row, *beside]
    events = list(
        AuditEvent.objects.filter(subject_type__in=types(subjects), subject_id__in=[one.public_id for one in subjects])
        .select_related("actor")
        .order_by("-id")[:50]
    )
    since = timezone.now() - SAME_LOOK
    if not any(one.actor_id == request.user.pk and one.verb == verb and one.at > since for one in events):
        write_audit([AuditNote(verb, row)], by=request.user, institution_id=row.institution_id)
    return events_table(events, _("Who looked and who wrote"))


def types(rows: Iterable[Any]) -> list[str]:
    return [row._meta.label_lower for row in rows]
