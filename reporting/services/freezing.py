"""Returns that stay as they were handed in, and restatements that say what a late correction changed (docs/rules.md §6.2)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.access import require
from common.audit import AuditNote, write_audit
from common.errors import DomainError
from common.families import Family, family_named
from reporting.models import FrozenReturn, ReturnDifference, StatisticsRun
from reporting.reports.differences import Difference, differing_records
from reporting.services.running import compute_run, digest_of, question_of, rows_of, run_for

VERBS = ("reporting.freeze_return", "reporting.restate_return")
COPIED = ("family", "definitions", "as_of", "since", "breakdowns", "scope", "known_number", "known_at", "digest")


@transaction.atomic
def freeze_return(run: StatisticsRun, *, title: str, by: Any, reason: str = "") -> FrozenReturn:
    """Keep a computed run for ever. Right: `reporting.freeze_return`; raises DomainError `run_not_done`."""
    require(by, "reporting.freeze_return", run.institution)
    return _freeze(run, title=title, reason=reason, by=by)


@transaction.atomic
def restate_return(frozen: FrozenReturn, *, reason: str, by: Any, known_at: dt.datetime | None = None) -> FrozenReturn:
    """The same return as known now (or at an instant), with the list of what it counts otherwise.

    Right: `reporting.restate_return`. Raises DomainError `already_restated` if a later version exists, `required` without a
    reason, `nothing_to_restate` if no figure and no record differs.
    """
    require(by, "reporting.restate_return", frozen.institution)
    frozen = FrozenReturn.objects.select_for_update(of=("self",)).get(pk=frozen.pk)
    if not reason:
        raise DomainError(_("A restatement needs a reason."), code="required")
    if FrozenReturn.objects.filter(restates=frozen).exists():
        raise DomainError(_("This return has been restated; restate the last version."), code="already_restated")
    family = family_named(frozen.family)
    breakdowns = [family.breakdown(name) for name in frozen.breakdowns]
    run = run_for(
        frozen.institution,
        frozen.as_of,
        frozen.since,
        family=frozen.family,
        breakdowns=breakdowns,
        known_at=known_at,
        scope=frozen.scope,
        by=by,
    )
    run = compute_run(run.pk)
    differences = list(differing_records(question_of(frozen), question_of(run), breakdowns))
    if run.digest == frozen.digest and not differences:
        raise DomainError(_("Nothing has changed since the return was frozen."), code="nothing_to_restate")
    restated = _freeze(run, title=frozen.title, reason=reason, by=by, restates=frozen, version=frozen.version + 1)
    _store_differences(restated, family, differences)
    return restated


def _store_differences(restated: FrozenReturn, family: Family, differences: list[Difference]) -> None:
    manager: Any = family.subject._default_manager
    public_ids = dict(manager.filter(pk__in=[one.subject_id for one in differences]).values_list("pk", "public_id"))
    ReturnDifference.objects.bulk_create(
        (
            ReturnDifference(
                frozen_return=restated,
                subject_kind=family.subject._meta.label_lower,
                subject_id=public_ids[one.subject_id],
                before=one.before,
                after=one.after,
                recording_id=one.recording_id,
            )
            for one in differences
        ),
        batch_size=2000,
    )


def _freeze(run: StatisticsRun, *, title: str, reason: str, by: Any, **lineage: Any) -> FrozenReturn:
    run = StatisticsRun.objects.select_for_update(of=("self",)).select_related("institution").get(pk=run.pk)
    rows = list(rows_of(run))
    if not run.is_done or digest_of(run.definitions, run.as_of, run.since, rows) != run.digest:
        raise DomainError(_("The figures are not complete yet."), code="run_not_done")
    figures: dict[str, list[Any]] = {name: [] for name in run.breakdowns}
    for name, key, values in rows:
        figures[name].append([key, values])
    frozen = FrozenReturn.objects.create(
        institution=run.institution,
        title=title,
        figures=figures,
        reason=reason,
        frozen_by=by,
        **{name: getattr(run, name) for name in COPIED},
        **lineage,
    )
    note = AuditNote(VERBS[1] if lineage else VERBS[0], frozen, reason, {"digest": frozen.digest})
    write_audit([note], by=by, institution_id=run.institution_id)
    return frozen
