"""What becomes of a learning centre and must be seen together with its students and its places: only here (docs/rules.md §2.8)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.ledger import recording
from enrollment.admission.models.places import AdmissionPlace, EntryBatch
from enrollment.admission.services.planning import lock_batches, plan_keys, require_within_plans
from enrollment.records.models.students import StudentPeriod
from learning_centers.models import LearningCenter
from learning_centers.models.centers import CenterStatus
from learning_centers.services import Place, move_place, move_status


@transaction.atomic
def revoke_center(center: LearningCenter, *, on: dt.date, by: Any, reason: str = "") -> LearningCenter:
    """Stopped (or only proposed) → revoked. Raises DomainError `center_has_students` while anyone is active or suspended
    there on that day or later, `move_not_possible` from another state."""
    require(by, "enrollment.revoke_center", center)
    with recording(center.institution, by=by, reason="enrollment.revoke_center") as entry:
        LearningCenter.objects.select_for_update(of=("self",)).get(pk=center.pk)
        there = StudentPeriod.objects.current().filter(Q(end__isnull=True) | Q(end__gt=on), center=center)
        if there.filter(begin__lte=on).exists():
            raise DomainError(_("Students are still enrolled here; move them first."), code="center_has_students")
        if there.exists():
            raise DomainError(
                _("Approved transfers lead here after that day; withdraw them first."), code="center_has_students"
            )
        move_status(center, CenterStatus.REVOKED, on=on, entry=entry)
        entry.note("enrollment.revoke_center", center, reason=reason, on=on.isoformat())
    return center


@transaction.atomic
def move_center(center: LearningCenter, place: Place, *, on: dt.date, by: Any) -> LearningCenter:
    """Another site from this day on; figures by province follow the site of their day, and so do admission plans: the places
    of every batch that begins on that day or later count in the new province.

    Right: `enrollment.move_center`. Raises DomainError `plan_exceeded` where a plan of that province has no room for them.
    """
    require(by, "enrollment.move_center", center)
    with recording(center.institution, by=by, reason="enrollment.move_center") as entry:
        move_place(center, place, on=on, entry=entry)
        later = EntryBatch.objects.filter(institution=center.institution_id, starts_on__gte=on)
        lock_batches(later)
        here = AdmissionPlace.objects.current().filter(center_offering__center=center, batch__in=later)
        require_within_plans(plan_keys(here))
        entry.note("enrollment.move_center", center, on=on.isoformat())
    return center
