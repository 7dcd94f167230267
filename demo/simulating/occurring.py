"""What has come to pass, by kind (docs/rules.md §2.4): of every way in, every change, and what is done to documents."""

from collections import Counter

from django.db.models import F

from enrollment.admission.models.applications import ApplicationStatus
from enrollment.models import Application, ChangeCase, ChangeRequest, StudentChange, StudentEntry
from enrollment.records.models.changes import ChangeKind
from enrollment.requests.models.requests import CORRECT, REVERSE, RequestStatus
from learning_centers.models import Institution

IN = (StudentEntry.Kind.ADMISSION, StudentEntry.Kind.TRANSFER_IN)
PLACE_LOST, PLACE_KEPT, AHEAD, LATE, CASE = (
    "a place was lost", "a place was kept", "decided ahead", "recorded late", "case of a closing centre",
)  # fmt: skip


def what_occurred(institution: Institution) -> Counter[str]:
    """How often each kind came to pass; those that never did count zero. What was taken back later came to pass as well,
    and so do students whom files brought."""
    known = {"institution": institution}
    counts = Counter[str](dict.fromkeys([*map(str, IN), *ChangeKind.values, CORRECT, REVERSE], 0))
    counts.update(StudentEntry.objects.current().filter(**known, kind__in=IN).values_list("kind", flat=True))
    changes = StudentChange.objects.current().filter(**known, reverses=None)
    counts.update(changes.values_list("kind", flat=True))
    approved = ChangeRequest.objects.filter(**known, status=RequestStatus.APPROVED)
    counts.update(approved.filter(kind__in=(CORRECT, REVERSE)).values_list("kind", flat=True))
    applications = Application.objects.current().filter(**known)
    counts[PLACE_LOST] = applications.filter(status=ApplicationStatus.LAPSED).count()
    counts[PLACE_KEPT] = applications.filter(kept_until__isnull=False).count()
    counts[AHEAD] = changes.filter(decision_date__lt=F("effective_date")).count()
    counts[LATE] = changes.filter(decision_date__gt=F("effective_date")).count()
    counts[CASE] = ChangeCase.objects.filter(**known, kind="close_center", status=ChangeCase.State.DONE).count()
    return counts
