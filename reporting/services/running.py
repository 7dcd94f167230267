"""Runs of statistics: asked for by key, computed in steps that may be killed and repeated, found again (docs/rules.md §6.5)."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import require
from common.dates import today
from common.errors import DomainError
from common.families import TOTAL, Breakdown, Question, family_named
from common.ledger import Knowledge, knowledge_at
from exchange.jobs import enqueue
from exchange.models import Job
from learning_centers.models import Institution
from learning_centers.rules import Rulebook
from people.models import User
from reporting.models import SliceFigures, StatisticsRun
from reporting.reports.figures import ask, compute, instant_of
from reporting.reports.laws import check
from reporting.reports.tables import FigureTable

TASK = "reporting.compute_run"
LIMITS = ("statistics_at_once", "statistics_per_hour")
AN_HOUR = dt.timedelta(hours=1)
KEPT_DAYS = 35
STEP = 4
"""Breakdowns counted at once: few enough to show progress, enough to share the joins."""

Progress = Callable[[int, int], None]


def run_for(
    institution: Institution,
    as_of: dt.date,
    since: dt.date | None = None,
    *,
    family: str = "degree",
    breakdowns: Iterable[Breakdown] | None = None,
    known_at: dt.datetime | None = None,
    scope: str = "",
    by: Any,
) -> StatisticsRun:
    """The run of this key, made (not yet computed) if there is none; without breakdowns the family's standard ones.

    Right: `reporting.compute_statistics`. Raises DomainError `unknown_family`, `since_not_before_as_of`, `unknown_dimension`,
    `scope_unknown`.
    """
    require(by, "reporting.compute_statistics", institution)
    knowledge, counted = knowledge_at(institution, known_at), family_named(family)
    keys = scope_keys(institution, scope, family)
    question = ask(institution, as_of, since, knowledge=knowledge, scope=keys, family=family)
    wanted = counted.standard if breakdowns is None else breakdowns
    names = [",".join(counted.breakdown(one)) for one in dict.fromkeys([TOTAL, *wanted])]
    run, _made = StatisticsRun.objects.get_or_create(
        institution=institution,
        family=family,
        as_of=as_of,
        since=since,
        known_number=knowledge.number,
        scope=scope,
        breakdowns=names,
        definitions=counted.definitions,
        defaults={"known_at": instant_of(question, None if knowledge.number else known_at), "requested_by": by},
    )
    return run


def request_run(institution: Institution, as_of: dt.date, since: dt.date | None = None, **terms: Any) -> StatisticsRun:
    """The run of this key (terms as for `run_for`); if it has no figures yet, a worker is rung for it.

    Raises DomainError also `too_many_at_once` and `too_many_this_hour` where one user asks for more than the rules allow.
    """
    by = terms["by"]
    with transaction.atomic():
        run = run_for(institution, as_of, since, **terms)
        if not (run.is_done or Job.objects.unfinished().filter(task=TASK, key=str(run.pk)).exists()):
            _check_limits(institution, by)
            enqueue(TASK, by=by, institution=institution, key=str(run.pk), arguments={"run": run.pk})
    return run


def _check_limits(institution: Institution, by: Any) -> None:
    """One user cannot keep the worker from everybody else; the clock's own work is not counted."""
    if by.is_system:
        return
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    book, own = Rulebook.of(institution, *LIMITS), Job.objects.filter(task=TASK, requested_by=by)
    at_once, per_hour = (book.rule(name, on=today(institution)) for name in LIMITS)
    if own.unfinished().count() >= at_once:
        sentence = _("So many of your figures are being computed already: %(most)s. Wait until they are done.")
        raise DomainError(sentence % {"most": at_once}, code="too_many_at_once")
    if own.filter(created_at__gt=timezone.now() - AN_HOUR).count() >= per_hour:
        sentence = _("You have asked for new figures %(most)s times within the hour. Go on later.")
        raise DomainError(sentence % {"most": per_hour}, code="too_many_this_hour")


def scope_keys(institution: Institution, scope: str, family: str) -> frozenset[int] | None:
    """The family's scope rows under a name: "" = all, else `LEVEL:CODE` (`center:0102`); raises DomainError `scope_unknown`."""
    if not scope:
        return None
    level, _colon, code = scope.partition(":")
    counted = family_named(family)
    named = counted.scope_levels.get(level)
    rows = counted.scope_rows._default_manager.filter(institution=institution)
    keys = frozenset(rows.filter(**{named.path: code}).values_list("pk", flat=True)) if named else frozenset()
    if not keys:
        raise DomainError(_("There is no “%(scope)s” in this institution.") % {"scope": scope}, code="scope_unknown")
    return keys


def scope_name(run: Any) -> str:
    """What people read for the scope of a run or return: the row that it names, "" for the whole institution."""
    level, _colon, code = run.scope.partition(":")
    named = family_named(run.family).scope_levels.get(level)
    if named is None:
        return str(run.scope)
    rows = named.model._default_manager.filter(institution=run.institution, code=code)
    return str(rows.order_by("-pk").first() or run.scope)


def question_of(run: Any) -> Question:
    """The question that a run or a return answers: what drill-down asks again."""
    knowledge = Knowledge(run.institution_id, run.known_number, run.known_at, is_latest=False)
    keys = scope_keys(run.institution, run.scope, run.family)
    return ask(run.institution, run.as_of, run.since, knowledge=knowledge, scope=keys, family=run.family)


def compute_run(run_id: int, report: Progress | None = None) -> StatisticsRun:
    """Compute what is missing of a run and check its laws; done again it changes nothing.

    Each step is one transaction under the run's lock, so it may be killed anywhere. Raises BrokenLaw, which stays on the run.
    """
    run = StatisticsRun.objects.select_related("institution").get(pk=run_id)
    if run.is_done:
        return run
    question = question_of(run)
    stored = set(run.slices.values_list("breakdown", flat=True).distinct())
    missing = [question.family.breakdown(name) for name in run.breakdowns if name not in stored]
    done = len(run.breakdowns) - len(missing)
    for start in range(0, len(missing), STEP):
        step = missing[start : start + STEP]
        table = compute(question, step)
        try:
            check(table)
        except DomainError as broken:
            StatisticsRun.objects.filter(pk=run.pk).update(error=str(broken))
            raise
        with transaction.atomic():
            _store(run, table, step)
        done += len(step)
        if report:
            report(done, len(run.breakdowns))
    return _finish(run)


def _store(run: StatisticsRun, table: FigureTable, step: list[Breakdown]) -> None:
    if (
        StatisticsRun.objects.select_for_update().get(pk=run.pk).is_done
    ):  # by another worker meanwhile: it stays as it is
        return
    names = {one: ",".join(one) for one in step}
    run.slices.filter(breakdown__in=names.values()).delete()
    SliceFigures.objects.bulk_create(
        (
            SliceFigures(run=run, breakdown=name, position=position, key=list(key), values=values)
            for one, name in names.items()
            for position, (key, values) in enumerate(table.rows(one))
        ),
        batch_size=2000,
    )


def _finish(run: StatisticsRun) -> StatisticsRun:
    digest = digest_of(run.definitions, run.as_of, run.since, rows_of(run))
    StatisticsRun.objects.filter(pk=run.pk, digest="").update(digest=digest, computed_at=timezone.now(), error="")
    run.refresh_from_db()
    return run


Row = tuple[str, list[str | None], dict[str, int]]


def rows_of(run: StatisticsRun) -> Iterator[Row]:
    """(breakdown, slice, figures) in the order in which they were asked."""
    for name in run.breakdowns:
        for key, values in run.slices.filter(breakdown=name).order_by("position").values_list("key", "values"):
            yield name, key, values


def digest_of(definitions: int, as_of: dt.date, since: dt.date | None, rows: Iterable[Row]) -> str:
    """SHA-256 over definitions, days and every row: equal digests mean equal figures."""
    digest = hashlib.sha256(orjson.dumps([definitions, as_of, since]))
    for row in rows:
        digest.update(orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()


def school_year(day: dt.date) -> dt.date:
    """The last 1 September before this day, from which a window counts (docs/rules.md §6.1)."""
    first = dt.date(day.year, 9, 1)
    return first if first < day else first.replace(year=day.year - 1)


def request_todays_runs(*, by: Any) -> list[StatisticsRun]:
    """Ask for today's figures with the school year's flows, for every institution; forget old runs (the nightly job)."""
    runs = []
    for institution in Institution.objects.all():
        day = today(institution)
        runs.append(request_run(institution, day, school_year(day), by=by))
    forget_runs(timezone.now() - dt.timedelta(days=KEPT_DAYS))
    return runs


def forget_runs(before: dt.datetime) -> int:
    """Throw away runs computed before this instant: each can be counted again from the ledger, with the same digest."""
    return StatisticsRun.objects.filter(computed_at__lt=before).delete()[1].get("reporting.StatisticsRun", 0)
