"""From admission to the first day: notice, check-in, later arrival, a place kept for a year, lapse (docs/rules.md §2.3)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from common.access import require
from common.dates import plus_months, today
from common.ledger import recording
from common.numbering import next_numbers
from common.transitions import move
from enrollment.admission.models.applications import Application, ApplicationStatus
from enrollment.admission.models.places import BatchWindow
from enrollment.admission.services.deciding import require_all
from enrollment.admission.services.places import free_places_of
from enrollment.admission.services.planning import Windows, require_open
from enrollment.admission.services.refusals import refuse
from enrollment.admission.services.ruling import ruled
from enrollment.admission.services.steps import locked, locked_one, write_steps
from enrollment.records.reasons import is_reason
from learning_centers.rules import Rulebook

Status = ApplicationStatus
ONE_DAY = dt.timedelta(days=1)
SEASONS = {"spring": "1", "autumn": "2"}


def last_day_to_arrive(
    application: Application, book: Rulebook | None = None, windows: Windows | None = None
) -> dt.date:
    """The first day as a student, or the day until which the place is kept, and the days of grace after it, as long as the
    batch takes check-ins; or the later day that was granted. `book` and `windows` spare the queries to who asks much."""
    begin = application.kept_until or application.first_day
    usual = begin + dt.timedelta(days=ruled("late_arrival_days", application, book=book))
    if application.late_until:
        return max(usual, application.late_until)
    if application.kept_until or application.is_transfer:
        return usual
    windows = windows or Windows.load([application.batch_id])
    school = application.center_offering.center.school_id
    window = windows.window(application.batch_id, BatchWindow.Function.CHECK_IN, school)
    return min(usual, window.end - ONE_DAY) if window and window.end else usual


@transaction.atomic
def issue_notices(applications: Sequence[Application], *, on: dt.date, by: Any) -> list[Application]:
    """Number the admission notices of accepted applications, without gaps within the batch; who has one keeps it.

    Returns those that got one now. Right: `enrollment.issue_notices`. Raises DomainError `move_not_possible` for an
    application that holds no place, `day_not_come` for a notice dated ahead: it would keep everybody from checking in.
    """
    require_all(by, "enrollment.issue_notices", applications)
    rows = [row for row in locked(applications) if not row.notice_no]
    if rows and on > today(rows[0].institution):
        raise refuse("day_not_come")
    if any(row.status not in (Status.ACCEPTED, Status.PLACE_KEPT) for row in rows):
        raise refuse("move_not_possible")
    if not rows:
        return []
    with recording(rows[0].institution, by=by, reason="enrollment.issue_notices") as entry:
        for batch in sorted({row.batch for row in rows}, key=lambda batch: batch.pk):
            waiting = [row for row in rows if row.batch_id == batch.pk]
            numbers = next_numbers(batch.institution, f"admission-notice {batch.code}", len(waiting))
            for row, number in zip(waiting, numbers, strict=True):
                row.notice_no, row.noticed_on = f"{batch.year}{SEASONS[batch.season]}-{number:05}", on
        write_steps(rows, "enrollment.issue_notices", entry=entry, also=["notice_no", "noticed_on"])
    return rows


@transaction.atomic
def check_in(application: Application, *, on: dt.date, seen: int | None = None, by: Any) -> Application:
    """The applicant is there, with notice and papers. Right: `enrollment.check_in`.

    Raises DomainError `stale`, `move_not_possible`, `window_closed`, `notice_missing`, `day_not_come`, `before_notice`,
    `arrived_too_late`.
    """
    require(by, "enrollment.check_in", application)
    row = locked_one(application, seen)
    on_time = row.late_until is None  # who was kept a place or has leave arrives when that ends
    if row.status == Status.ACCEPTED and not row.is_transfer and on_time:
        require_open(row.batch, BatchWindow.Function.CHECK_IN, on, row.center_offering.center.school)
    if not row.notice_no:
        raise refuse("notice_missing")
    if on > today(row.institution):
        raise refuse("day_not_come")
    if row.noticed_on and on < row.noticed_on:
        raise refuse("before_notice")
    if row.status in (Status.ACCEPTED, Status.PLACE_KEPT) and on > last_day_to_arrive(row):
        raise refuse("arrived_too_late", until=last_day_to_arrive(row).isoformat())
    row.checked_in_on = on
    with recording(row.institution, by=by, reason="enrollment.check_in") as entry:
        move(row, Status.CHECKED_IN)
        write_steps([row], "enrollment.check_in", entry=entry, also=["checked_in_on"])
    return row


@transaction.atomic
def grant_late_arrival(
    application: Application,
    *,
    until: dt.date,
    reason_code: str,
    comment: str = "",
    seen: int | None = None,
    by: Any,
) -> Application:
    """Let someone arrive later than the rule says. Right: `enrollment.grant_late_arrival`.

    Raises DomainError `stale`, `reason_unknown`, `move_not_possible`, `no_later_day`, `leave_too_long`.
    """
    require(by, "enrollment.grant_late_arrival", application)
    if not is_reason("late", reason_code, application.institution):
        raise refuse("reason_unknown")
    row = locked_one(application, seen)
    if row.status not in (Status.ACCEPTED, Status.PLACE_KEPT):
        raise refuse("move_not_possible")
    if until <= last_day_to_arrive(row):
        raise refuse("no_later_day")
    limit = (row.kept_until or row.first_day) + dt.timedelta(days=ruled("late_leave_days", row))
    if until > limit:
        raise refuse("leave_too_long", until=limit.isoformat())
    row.late_until = until
    with recording(row.institution, by=by, reason="enrollment.grant_late_arrival") as entry:
        write_steps(
            [row], "enrollment.grant_late_arrival", entry=entry, reason_code=reason_code, comment=comment,
            also=["late_until"],
        )  # fmt: skip
    return row


@transaction.atomic
def keep_place(
    application: Application,
    *,
    reason_code: str,
    until: dt.date | None = None,
    comment: str = "",
    seen: int | None = None,
    by: Any,
) -> Application:
    """Keep the place of someone who cannot come now, at most as long as the rule says (a year), without student status; only
    for the newly admitted.

    Right: `enrollment.keep_place`. Raises DomainError `stale`, `reason_unknown`, `move_not_possible`, `kept_too_long`,
    `date_order`.
    """
    require(by, "enrollment.keep_place", application)
    if not is_reason("keep", reason_code, application.institution):
        raise refuse("reason_unknown")
    row = locked_one(application, seen)
    if row.is_transfer:
        raise refuse("move_not_possible")
    limit = plus_months(row.batch.starts_on, 12 * ruled("place_kept_years", row))
    if until and until > limit:
        raise refuse("kept_too_long", until=limit.isoformat())
    if until and until <= row.batch.starts_on:
        raise refuse("date_order")
    row.kept_until, row.late_until = until or limit, None
    with recording(row.institution, by=by, reason="enrollment.keep_place") as entry:
        move(row, Status.PLACE_KEPT)
        write_steps(
            [row], "enrollment.keep_place", entry=entry, reason_code=reason_code, comment=comment,
            also=["kept_until", "late_until"],
        )  # fmt: skip
    return row


@transaction.atomic
def lapse_application(
    application: Application,
    *,
    reason_code: str,
    on: dt.date | None = None,
    comment: str = "",
    seen: int | None = None,
    by: Any,
) -> Application:
    """The time to arrive is over: the place becomes free. People decide it, never the clock. Right:
    `enrollment.lapse_application`. Raises DomainError `stale`, `reason_unknown`, `move_not_possible`, `not_yet_due`."""
    require(by, "enrollment.lapse_application", application)
    if not is_reason("lapse", reason_code, application.institution):
        raise refuse("reason_unknown")
    row = locked_one(application, seen)
    if row.status not in (Status.ACCEPTED, Status.PLACE_KEPT):
        raise refuse("move_not_possible")
    if (on or today(row.institution)) <= last_day_to_arrive(row):
        raise refuse("not_yet_due", until=last_day_to_arrive(row).isoformat())
    with recording(row.institution, by=by, reason="enrollment.lapse_application") as entry:
        free_places_of([row])
        move(row, Status.LAPSED)
        write_steps([row], "enrollment.lapse_application", entry=entry, reason_code=reason_code, comment=comment)
    return row
