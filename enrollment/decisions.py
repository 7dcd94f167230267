"""What waits with applicants and students: for the second person, for a centre's word, for somebody who looks at a list."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import can
from common.dates import today
from common.decisions import DECISIONS, LINES, Decision, DecisionSource, Line, page, rows_of
from common.templatetags.cells import grouped
from common.wording import labelled
from enrollment.duties.reports.waiting import not_entitled
from enrollment.models import (
    AdmissionPlace,
    Application,
    ChangeCase,
    ChangeRequest,
    EntitlementCheck,
    EntryBatch,
    WatchItem,
)
from enrollment.records.models.students import PRESENT
from learning_centers.models import LearningCenter, ProgrammeVersion
from learning_centers.models.centers import CenterStatus
from learning_centers.models.institutions import local
from learning_centers.reports.beginning import first_step

LONG = dt.timedelta(days=7)
"""A centre that has not spoken for so long is asked about."""
SOON = dt.timedelta(days=14)


def requests(user: Any) -> Iterator[Decision]:
    """What waits for the second person; not what the reader has asked for."""
    verb = "enrollment.approve_change"
    if not can(user, verb):
        return
    waiting = ChangeRequest.objects.ready_to_decide().visible_to(user, verb).exclude(requested_by=user)
    found = list(waiting.select_related("student").order_by("id")[:LINES])
    if found:
        count = waiting.count()
        title = ngettext(
            "%(count)s request waits for the second person", "%(count)s requests wait for the second person", count
        ) % {"count": grouped(count)}
        lines = [Line(f"{one} · {one.student.student_no}", page(one)) for one in found]
        yield Decision(title, f"{rows_of(ChangeRequest)}?waits=decision", "warn", lines)


def cases(user: Any) -> Iterator[Decision]:
    verb = "enrollment.approve_change"
    if not can(user, verb):
        return
    open_cases = ChangeCase.objects.visible_to(user, verb).filter(status=ChangeCase.State.SUBMITTED)
    found = list(open_cases.exclude(requested_by=user).select_related("center").order_by("id")[:LINES])
    if found:
        lines = [Line(f"{one} · {one.center or one.reason}", page(one)) for one in found]
        yield Decision(_("Cases wait for the second person"), f"{rows_of(ChangeCase)}?state=submitted", "warn", lines)


def applications(user: Any) -> Iterator[Decision]:
    """Submitted applications, by centre."""
    verb = "enrollment.accept_application"
    if not can(user, verb):
        return
    waiting = Application.objects.waiting().visible_to(user, verb)
    by_center = (
        waiting.order_by()
        .values_list(*(f"center_offering__center__{part}" for part in ("code", "name", "name_en")))
        .annotate(count=Count("pk"))
        .order_by("-count", "center_offering__center__code")
    )
    found = list(by_center[: LINES + 1])
    if found:
        url = f"{rows_of(Application)}?state=submitted"
        count = waiting.count()
        title = ngettext(
            "%(count)s application waits for a decision", "%(count)s applications wait for a decision", count
        ) % {"count": grouped(count)}
        lines = [
            Line(labelled(f"{code} {local(name, name_en)}", grouped(here)), f"{url}&center={code}")
            for code, name, name_en, here in found[:LINES]
        ]
        yield Decision(title, url, "warn", lines)


def returned_requests(user: Any) -> Iterator[Decision]:
    """What came back to the reader, and drafts that nobody has handed in."""
    if not can(user, "enrollment.request_change"):
        return
    mine = ChangeRequest.objects.visible_to(user, "enrollment.request_change").filter(requested_by=user)
    found = list(mine.came_back().select_related("student").order_by("-id")[:LINES])
    if found:
        lines = [Line(f"{one} · {one.student.student_no}", page(one)) for one in found]
        yield Decision(_("Requests came back to you"), f"{rows_of(ChangeRequest)}?waits=asker", "warn", lines)


def missing_consents(user: Any) -> Iterator[Decision]:
    """Transfers on which a centre has not spoken for a week: ask, or go on without its word."""
    verb = "enrollment.waive_consent"
    if not can(user, verb):
        return
    silent = ChangeRequest.objects.awaiting_consent().visible_to(user, verb)
    silent = silent.filter(requested_at__lt=timezone.now() - LONG, case__isnull=True)
    found = list(silent.select_related("student").order_by("id")[:LINES])
    if found:
        lines = [Line(f"{one} · {one.student.student_no}", page(one)) for one in found]
        url = f"{rows_of(ChangeRequest)}?waits=consent"
        yield Decision(_("Centres have not said for a week whether they agree"), url, "warn", lines)


def watched(user: Any) -> Iterator[Decision]:
    """Lists that the night has computed and nobody has decided about; public notices that have run out."""
    if not can(user, "enrollment.view_students"):
        return
    items = WatchItem.objects.visible_to(user, "enrollment.view_students")
    url = rows_of(WatchItem)
    state = WatchItem.State
    counts = dict(items.filter(status=state.OPEN).order_by().values_list("list").annotate(Count("pk")))
    if counts:
        lines = [
            Line(labelled(label, grouped(counts[name])), f"{url}?list={name}&state={state.OPEN}")
            for name, label in WatchItem.List.choices
            if name in counts
        ]
        yield Decision(_("Students on the lists wait for a decision"), f"{url}?state={state.OPEN}", "warn", lines)
    over = items.filter(status=state.NOTICED, notice_end__lte=today()).count()
    if over:
        title = ngettext("%(count)s public notice has run out", "%(count)s public notices have run out", over) % {
            "count": over
        }
        yield Decision(title, f"{url}?state={state.NOTICED}", "warn")


def entitlement(user: Any) -> Iterator[Decision]:
    """Re-checks that are due within two weeks, or overdue."""
    verb = "enrollment.record_entitlement"
    if not can(user, verb):
        return
    checks = EntitlementCheck.objects.current().filter(result=EntitlementCheck.Result.PENDING)
    due = checks.visible_to(user, verb).filter(due_on__lte=today() + SOON)
    count = due.count()
    if count:
        title = ngettext(
            "%(count)s re-check of entitlement is due within two weeks",
            "%(count)s re-checks of entitlement are due within two weeks",
            count,
        ) % {"count": grouped(count)}
        yield Decision(title, f"{rows_of(EntitlementCheck)}?result=pending", "warn")
    if found := list(not_entitled(user).select_related("student__person")[:LINES]):
        to = "admin:enrollment_entitlementcheck_change"
        lines = [Line(f"{one.student.person.name} · {one.student}", reverse(to, args=(one.pk,))) for one in found]
        title = _("Students found not entitled, whose cancellation nobody has asked for")
        yield Decision(title, f"{rows_of(EntitlementCheck)}?result=failed", "warn", lines)


def revoked_with_students(user: Any) -> Iterator[Decision]:
    if not can(user, "learning_centers.view_centers"):
        return
    centers = LearningCenter.objects.visible_to(user, "learning_centers.view_centers").current()
    here = Q(students__superseded_in__isnull=True, students__current_state__in=PRESENT)
    found = list(centers.filter(here, status=CenterStatus.REVOKED).distinct()[: LINES + 1])
    if found:
        lines = [Line(str(one), page(one)) for one in found[:LINES]]
        url = f"{rows_of(LearningCenter)}?status=revoked"
        yield Decision(_("Revoked centres still have students in status"), url, "wrong", lines)


def full_places(user: Any) -> Iterator[Decision]:
    """Quotas that are used up in a batch that has not begun."""
    if not can(user, "enrollment.view_places"):
        return
    places = AdmissionPlace.objects.visible_to(user, "enrollment.view_places").current()
    full = places.used_up(today())
    found = list(full.select_related("batch", "center_offering__center").order_by("-id")[: LINES + 1])
    if found:
        url = reverse("admin:enrollment_admissionplace_changelist")
        lines = [
            Line(
                f"{one.batch} · {one.center_offering.center}",
                reverse("admin:enrollment_admissionplace_change", args=(one.pk,)),
            )
            for one in found[:LINES]
        ]
        yield Decision(_("The quota of centres is used up"), url, "", lines)


def first_batch(user: Any) -> Iterator[Decision]:
    """The next step of an institution that has majors and centres."""
    plans = _("No entry batch is planned yet: upload an admission plan or new students, or open a batch by hand")
    has = [ProgrammeVersion, LearningCenter]
    yield from first_step(user, EntryBatch, "enrollment.open_batch", plans, has=has, lacks=[EntryBatch])


DECISIONS.register(
    DecisionSource("enrollment.requests", 10, requests),
    DecisionSource("enrollment.cases", 20, cases),
    DecisionSource("enrollment.applications", 30, applications),
    DecisionSource("enrollment.returned_requests", 40, returned_requests),
    DecisionSource("enrollment.missing_consents", 80, missing_consents),
    DecisionSource("enrollment.watched", 90, watched),
    DecisionSource("enrollment.entitlement", 100, entitlement),
    DecisionSource("enrollment.first_batch", 115, first_batch),
    DecisionSource("enrollment.revoked_with_students", 150, revoked_with_students),
    DecisionSource("enrollment.full_places", 170, full_places),
)
