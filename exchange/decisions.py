"""What stands open with files and jobs."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import can
from common.decisions import DECISIONS, LINES, Decision, DecisionSource, Line, page, rows_of
from common.verbs import verb_label
from common.wording import labelled
from exchange.kinds import all_kinds
from exchange.models import ImportBatch, Job

RECENT = dt.timedelta(days=30)


def guarded_files(user: Any) -> Iterator[Decision]:
    """Files that take two people, to be stored or to be taken back; not what the reader has uploaded or asked for."""
    deciding = {kind.name: kind.second_person.verb for kind in all_kinds() if kind.second_person}
    found: list[ImportBatch] = []
    for verb in sorted(set(deciding.values())):
        if can(user, verb):
            kinds = [name for name in deciding if deciding[name] == verb]
            files = ImportBatch.objects.visible_to(user, verb).filter(kind__in=kinds).defer("content")
            to_store = Q(status=ImportBatch.State.CHECKED, needs_second_person=True, decided_by__isnull=True)
            to_undo = Q(undo_asked_by__isnull=False, undone_by__isnull=True) & ~Q(undo_asked_by=user)
            found += files.filter(to_store & ~Q(uploaded_by=user) | to_undo).order_by("id")[:LINES]
    if found:
        lines = [Line(one.name, page(one)) for one in found[:LINES]]
        yield Decision(_("Files wait for the second person"), rows_of(ImportBatch), "warn", lines)


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


def failed_jobs(user: Any) -> Iterator[Decision]:
    if not can(user, "exchange.view_jobs"):
        return
    jobs = Job.objects.visible_to(user, "exchange.view_jobs").filter(state=Job.State.FAILED)
    found = list(jobs.filter(created_at__gt=timezone.now() - RECENT).order_by("-id")[: LINES + 1])
    if found:
        lines = [Line(labelled(verb_label(one.task), one.error), page(one)) for one in found[:LINES]]
        yield Decision(_("Jobs failed"), f"{rows_of(Job)}?state=failed", "wrong", lines)


def _file_line(batch: ImportBatch) -> str:
    if batch.status == ImportBatch.State.REFUSED:
        return labelled(batch.name, batch.get_status_display())
    rows = ngettext("%(count)s row rejected", "%(count)s rows rejected", batch.rejected) % {"count": batch.rejected}
    return labelled(batch.name, rows)


DECISIONS.register(
    DecisionSource("exchange.guarded_files", 70, guarded_files),
    DecisionSource("exchange.files", 120, files),
    DecisionSource("exchange.failed_jobs", 130, failed_jobs),
)
