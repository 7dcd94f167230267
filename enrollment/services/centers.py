"""Revoking a learning centre: only here, because its students must be seen (domain.md §2.8)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.ledger import recording
from enrollment.models import StudentPeriod
from learning_centers.models import LearningCenter
from learning_centers.models.centers import CenterStatus
from learning_centers.services import move_status


@transaction.atomic
def revoke_center(center: LearningCenter, *, on: dt.date, by: Any, reason: str = "") -> LearningCenter:
    """Stopped (or only proposed) → revoked. Raises DomainError `center_has_students` while anyone is active or suspended
    there on that day or later, `move_not_possible` from another state."""
    require(by, "enrollment.revoke_center", center)
    with recording(center.institution, by=by, reason="enrollment.revoke_center") as entry:
        LearningCenter.objects.select_for_update(of=("self",)).get(pk=center.pk)
        there = StudentPeriod.objects.current().filter(center=center)
        if there.filter(Q(end__isnull=True) | Q(end__gt=on)).exists():
            raise DomainError(_("Students are still enrolled here; move them first."), code="center_has_students")
        move_status(center, CenterStatus.REVOKED, on=on, entry=entry)
        entry.note("enrollment.revoke_center", center, reason=reason, on=on.isoformat())
    return center
