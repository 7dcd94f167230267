"""What waits at learning centres, and what they must not let lapse: counts and dates for a page that opens on them."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from common.dates import today
from common.wording import listed
from enrollment.admission.models.applications import Application, ApplicationStatus
from enrollment.admission.models.places import AdmissionPlace, BatchWindow
from enrollment.duties.models.duties import EntitlementCheck, WatchItem
from enrollment.records.models.changes import ChangeKind
from enrollment.records.models.students import PeriodState
from enrollment.requests.models.requests import ALIVE, ChangeRequest, RequestParty, RequestStatus
from enrollment.requests.services.request_steps import student_rule
from learning_centers.models import LearningCenter


@dataclass(frozen=True)
class Waiting:
    """How many of each wait for the coordinators of these centres."""

    drafts: int
    returned: int
    to_check_in: int
    returned_requests: int
    consents: int
    submitted: int
    """Applications that wait for the registrar: nothing to do here."""


def waiting_at(centers: Collection[LearningCenter]) -> Waiting:
    """Three queries, whatever the number of centres and rows."""
    status = ApplicationStatus
    counted = (
        Application.objects.current()
        .filter(center_offering__center__in=centers)
        .aggregate(
            drafts=Count("pk", Q(status=status.DRAFT)),
            returned=Count("pk", Q(status=status.RETURNED)),
            to_check_in=Count("pk", Q(status__in=(status.ACCEPTED, status.PLACE_KEPT))),
            submitted=Count("pk", Q(status=status.SUBMITTED)),
        )
    )
    ours = Q(parties__center__in=centers, parties__side=RequestParty.Side.SOURCE)
    requests = ChangeRequest.objects.came_back().filter(ours & ChangeRequest.SCOPE.also_at("center"))
    return Waiting(returned_requests=requests.count(), consents=asked_of(centers).count(), **counted)


def asked_of(centers: Collection[LearningCenter]) -> QuerySet[RequestParty]:
    """The sides at these centres whose word is awaited by a submitted request."""
    waiting = RequestParty.Consent.WAITING
    return RequestParty.objects.filter(
        center__in=centers, consent=waiting, request__status=RequestStatus.SUBMITTED
    ).select_related("center", "request__student__person", "request__new_center")


def deadlines(centers: Collection[LearningCenter], day: dt.date, within: dt.timedelta) -> list[BatchWindow]:
    """Windows of these centres' institutions (or of their schools) that are open or open soon, the nearest end first."""
    institutions = {one.institution_id for one in centers}
    schools = {one.school_id for one in centers}
    windows = BatchWindow.objects.current().filter(institution__in=institutions, end__gt=day, end__lte=day + within)
    return list(windows.filter(Q(school=None) | Q(school__in=schools)).select_related("batch").order_by("end", "pk"))


def full_places(centers: Collection[LearningCenter], day: dt.date) -> list[AdmissionPlace]:
    """Quotas of these centres that are used up in a batch that has not begun."""
    full = AdmissionPlace.objects.current().used_up(day).filter(center_offering__center__in=centers)
    related = ("batch", "center_offering__center", "center_offering__programme_version__programme__major")
    return list(full.select_related(*related).order_by("-batch__starts_on", "pk")[:5])


def watched(centers: Collection[LearningCenter]) -> list[tuple[WatchItem.List, int]]:
    """(list, count) of the students at these centres about whom somebody must decide."""
    open_cases = WatchItem.objects.filter(center__in=centers, student__current_center__in=centers)
    open_cases = open_cases.exclude(status=WatchItem.State.CLOSED)
    counted = open_cases.order_by().values_list("list").annotate(count=Count("pk"))
    return [(WatchItem.List(name), count) for name, count in sorted(counted)]


def not_entitled(user: Any) -> QuerySet[EntitlementCheck]:
    """Failed re-checks of students who are still in status, while nobody has asked for the cancellation."""
    asked = ChangeRequest.objects.filter(kind=ChangeKind.CANCEL, status__in=ALIVE).values("student")
    failed = EntitlementCheck.objects.current().filter(result=EntitlementCheck.Result.FAILED)
    here = failed.filter(student__current_state__in=PeriodState.values).exclude(student__in=asked)
    return here.visible_to(user, "enrollment.request_change").order_by("due_on", "pk")


def lacking(request: ChangeRequest, parties: Collection[RequestParty]) -> list[str]:
    """What stands between a request and its decision, in sentences; empty once it is decided."""
    if request.status in (RequestStatus.DRAFT, RequestStatus.RETURNED):
        missing = [_("It is not handed in.")]
        if _needs_evidence(request):
            missing.append(_("Its evidence is not on file yet."))
        return missing
    if request.status != RequestStatus.SUBMITTED:
        return []
    waiting = RequestParty.Consent.WAITING
    silent = [str(one.get_side_display()) for one in parties if one.consent == waiting]
    if silent:
        return [_("The word of %(sides)s is awaited.") % {"sides": listed(silent)}]
    return [_("A registrar decides next.")]


def _needs_evidence(request: ChangeRequest) -> bool:
    needing = student_rule("change_needs_evidence", request.student, today(request.institution))
    return request.kind in needing and not request.attachments.filter(removed_at__isnull=True).exists()
