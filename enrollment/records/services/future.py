"""Changes that are decided ahead: they stand as later periods, can be withdrawn until their day, and on their day the lists
follow and the centres are told (docs/rules.md §2.4)."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from common.access import require
from common.dates import today
from common.errors import DomainError
from common.ledger import recording
from enrollment.records.models.changes import ChangeKind, StudentChange
from enrollment.records.models.students import Student, StudentPeriod, StudentState
from enrollment.records.services.changes import write_reversal
from enrollment.records.services.lives import project
from learning_centers.models import Institution, LearningCenter
from people.models import Notice, User
from people.services.notices import notify, users_holding

CHUNK = 1000
LOOKED_BACK = dt.timedelta(days=7)
"""How far an announcement goes back: a job that did not run for some days tells late rather than never."""


@transaction.atomic
def withdraw_future_change(change: StudentChange, *, reason: str, by: Any) -> StudentChange:
    """Take back a change before its day; returns the document that does so. One person may: nothing has come into force.

    Right: `enrollment.withdraw_future_change`. Raises DomainError `already_in_force`, `not_in_force` (taken back already),
    `required` without a reason, `change_not_possible` if later changes need it.
    """
    student = change.student
    require(by, "enrollment.withdraw_future_change", student)
    if not reason.strip():
        raise DomainError(_("Give a reason; it stays with the decision."), code="required")
    Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    known = StudentChange.objects.in_force().filter(pk=change.pk).first()
    if known is None:
        raise DomainError(_("This document is not in force any more."), code="not_in_force")
    if known.effective_date <= today(student.institution):
        raise DomainError(
            _("The day has come: this can only be taken back by a request that a second person approves."),
            code="already_in_force",
        )
    with recording(student.institution, by=by, reason="enrollment.withdraw_future_change") as entry:
        document = write_reversal(known, decision_no=known.decision_no, reason=reason.strip(), entry=entry, by=by)
        entry.note("enrollment.withdraw_future_change", student, kind=known.kind, on=known.effective_date.isoformat())
    return document


def begin_day(institution: Institution) -> None:
    """What the clock does when a day has begun: the lists say what holds today, and the centres are told."""
    project_students(institution)
    announce_changes(institution)


def project_students(institution: Institution, on: dt.date | None = None) -> int:
    """Bring the list columns in line with what holds on the day (today); returns how many students have changed. What changed
    is a recording of the system user: nothing changes that the ledger does not know of."""
    day = on or today(institution)
    outdated = sorted(set(_outdated(institution, day)))
    for start in range(0, len(outdated), CHUNK):
        with recording(institution, by=User.objects.system(), reason="enrollment.begin_day"):
            project(outdated[start : start + CHUNK], day)
    return len(outdated)


def _outdated(institution: Institution, day: dt.date) -> QuerySet:
    """Students whose columns say something else than their period of the day, or whose life has ended or gone on since."""
    known = Student.objects.current().filter(institution=institution)
    here = StudentPeriod.objects.current().filter(institution=institution).on(day)
    moved = here.exclude(
        student__current_state=F("state"),
        student__current_center=F("center"),
        student__current_programme_version=F("programme_version"),
    ).values("student")
    present = [StudentState.ACTIVE, StudentState.SUSPENDED]
    gone = known.filter(current_state__in=present).exclude(pk__in=here.values("student"))
    diplomas = StudentChange.objects.in_force().filter(
        institution=institution, kind=ChangeKind.GRADUATE, effective_date__lte=day
    )
    late = known.filter(current_state=StudentState.COMPLETED, pk__in=diplomas.values("student"))
    return known.filter(Q(pk__in=moved) | Q(pk__in=gone) | Q(pk__in=late)).values_list("pk", flat=True)


def announce_changes(institution: Institution, on: dt.date | None = None) -> int:
    """Tell each centre of the changes that were decided ahead and have come into force; returns how many it told of.

    A centre is told of a day once, however often the job runs.
    """
    day = on or today(institution)
    begun = StudentChange.objects.in_force().filter(
        institution=institution, effective_date__lte=day, effective_date__gt=day - LOOKED_BACK,
        recorded_in__instant__date__lt=F("effective_date"),
    )  # fmt: skip
    found = Counter[tuple[int, dt.date]]()
    for center, target, since in begun.values_list("student__current_center", "new_center", "effective_date"):
        found.update({(one, since) for one in (center, target) if one})
    centers = LearningCenter.objects.in_bulk({center for center, _day in found})
    return sum(_tell(centers[center], since, count) for (center, since), count in sorted(found.items()))


def _tell(center: LearningCenter, since: dt.date, count: int) -> int:
    on = since.isoformat()
    told = Notice.objects.filter(
        kind="change_in_force", subject_id=center.public_id, terms__contains={"on": on}
    ).values("user")  # fmt: skip
    users = users_holding("enrollment.request_change", center).exclude(pk__in=told)
    return (
        count
        if notify(
            users, "change_in_force", institution=center.institution, subject=center, count=count, center=center, on=on
        )
        else 0
    )
