"""What stands open with files, jobs, centres and figures."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ceportal.decisions.lines import LINES, Decision, Line, page, rows_of
from common.access import can
from common.dates import today
from common.verbs import verb_label
from common.wording import labelled
from enrollment.models import AdmissionPlace
from exchange.models import ImportBatch, Job
from learning_centers.models import LearningCenter
from learning_centers.models.centers import CenterStatus
from learning_centers.reports.filings import lapsing
from people.models import Membership
from reporting.models import FrozenReturn, SliceFigures, StatisticsRun

RECENT = dt.timedelta(days=30)
PRESENT = ("active", "suspended")


def files(user: Any) -> Iterator[Decision]:
    """Files that wait to be stored, and files with rejected rows."""
    if not can(user, "exchange.view_imports"):
        return
    state = ImportBatch.State
    recent = ImportBatch.objects.visible_to(user, "exchange.view_imports").defer("content").order_by("-id")
    recent = recent.filter(uploaded_at__gt=timezone.now() - RECENT)
    waiting = list(
        recent.filter(status=state.CHECKED, rows_total__gt=F("rejected"), needs_second_person=False)[: LINES + 1]
    )
    if waiting:
        title = _("Files are checked and wait to be stored")
        lines = [Line(one.name, page(one)) for one in waiting[:LINES]]
        yield Decision(title, f"{rows_of(ImportBatch)}?status={state.CHECKED}", "warn", lines)
    wrong = list(recent.filter(Q(status=state.REFUSED) | Q(status=state.COMMITTED, rejected__gt=0))[: LINES + 1])
    if wrong:
        lines = [Line(_file_line(one), page(one)) for one in wrong[:LINES]]
        yield Decision(_("Files came in with errors"), rows_of(ImportBatch), "wrong", lines)


def _file_line(batch: ImportBatch) -> str:
    if batch.status == ImportBatch.State.REFUSED:
        return labelled(batch.name, batch.get_status_display())
    rows = ngettext("%(count)s row rejected", "%(count)s rows rejected", batch.rejected) % {"count": batch.rejected}
    return labelled(batch.name, rows)


def filings(user: Any) -> Iterator[Decision]:
    """Filings that have lapsed or lapse within 90 days."""
    if not can(user, "learning_centers.view_centers"):
        return
    found = lapsing(LearningCenter.objects.visible_to(user, "learning_centers.view_centers").current(), today())
    count = found.count()
    if count:
        title = ngettext(
            "The filing of %(count)s centre has lapsed or lapses within 90 days",
            "The filings of %(count)s centres have lapsed or lapse within 90 days",
            count,
        ) % {"count": count}
        lines = [
            Line(labelled(center, (end - dt.timedelta(days=1)).isoformat() if end else _("no filing")), page(center))
            for center, end in ((one, one.filed_until) for one in found[:LINES])  # type: ignore[attr-defined]
        ]
        yield Decision(title, f"{rows_of(LearningCenter)}?filing=lapsing", "warn", lines)


def roles_without_a_place(user: Any) -> Iterator[Decision]:
    """Roles in units that have ended and at centres that are revoked: they show nothing any more."""
    if not can(user, "people.manage_users"):
        return
    day = today()
    gone = Q(school__closed_on__lte=day) | Q(center__status=CenterStatus.REVOKED)
    held = Membership.objects.visible_to(user, "people.manage_users").on(day).filter(gone, user__is_active=True)
    found = list(held.select_related("user", "role", "school", "center").order_by("user__username", "pk")[: LINES + 1])
    if found:
        lines = [
            Line(f"{one} · {one.school or one.center}", reverse("admin:people_membership_change", args=(one.pk,)))
            for one in found[:LINES]
        ]
        title = _(
            "Roles are held in units that have ended or at revoked centres: end them, and give them anew elsewhere"
        )
        yield Decision(title, rows_of(Membership), "warn", lines)


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
    full = places.filter(batch__starts_on__gte=today(), quota__gt=0, taken__gte=F("quota"))
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


def failed_jobs(user: Any) -> Iterator[Decision]:
    if not can(user, "exchange.view_jobs"):
        return
    jobs = Job.objects.visible_to(user, "exchange.view_jobs").filter(state=Job.State.FAILED)
    found = list(jobs.filter(created_at__gt=timezone.now() - RECENT).order_by("-id")[: LINES + 1])
    if found:
        lines = [Line(labelled(verb_label(one.task), one.error), page(one)) for one in found[:LINES]]
        yield Decision(_("Jobs failed"), f"{rows_of(Job)}?state=failed", "wrong", lines)


def moved_figures(user: Any) -> Iterator[Decision]:
    """Frozen returns that are counted otherwise by what is known now, and stocks that changed since the run before."""
    if not can(user, "reporting.view_figures"):
        return
    frozen = FrozenReturn.objects.visible_to(user, "reporting.view_figures").filter(restated_by__isnull=True)
    runs = StatisticsRun.objects.visible_to(user, "reporting.view_figures").exclude(digest="")
    for one in frozen.defer("figures").order_by("-id")[:LINES]:
        same = {
            name: getattr(one, name)
            for name in ("institution_id", "as_of", "since", "scope", "breakdowns", "definitions")
        }
        later = runs.filter(known_number__gt=one.known_number, **same).order_by("-known_number").first()
        if later and later.digest != one.digest:
            title = _("The frozen return “%(title)s” is counted otherwise today") % {"title": one}
            yield Decision(title, page(one), "warn", [Line(_("Figures as known now"), page(later))])
    for institution in user.institutions("reporting.view_figures"):
        yield from _moved_stock(runs.filter(institution=institution, scope=""))


def _moved_stock(runs: Any) -> Iterator[Decision]:
    last_two = list(runs.order_by("-known_number", "-id")[:2])
    if len(last_two) < 2 or last_two[0].as_of == last_two[1].as_of:
        return
    totals = SliceFigures.objects.filter(run__in=last_two, breakdown="").values_list("run_id", "values")
    stock = {run: values.get("deg.stock", 0) for run, values in totals}
    now, before = (stock.get(run.pk, 0) for run in last_two)
    if now != before:
        named = {"before": before, "now": now, "then": last_two[1].as_of, "day": last_two[0].as_of}
        title = _("Students in status: %(before)s on %(then)s, %(now)s on %(day)s") % named
        yield Decision(title, page(last_two[0]))
