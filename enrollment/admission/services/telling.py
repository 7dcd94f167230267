"""Who is told about applications: those who decide that something waits, those who entered it what became of it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from enrollment.admission.models.applications import Application, ApplicationStatus
from people.services.notices import notify, users_holding

KINDS = {
    ApplicationStatus.RETURNED: "application_returned",
    ApplicationStatus.ACCEPTED: "application_accepted",
    ApplicationStatus.REJECTED: "application_rejected",
}


def tell_deciders(rows: Sequence[Application]) -> None:
    """Once for each centre."""
    for center, count in Counter(row.center_offering.center for row in rows).items():
        one = next(row for row in rows if row.center_offering.center_id == center.pk)
        deciders = users_holding("enrollment.accept_application", one)
        notify(
            deciders,
            "applications_waiting",
            institution=one.institution,
            subject=center,
            center=center,
            count=count,
        )


def tell_applicants_desk(rows: Sequence[Application], to: ApplicationStatus, by: Any) -> None:
    """Whoever entered the applications, unless it is the one who decides or the clock."""
    told = [row for row in rows if row.created_by_id != by.pk and not row.created_by.is_system]
    if to == ApplicationStatus.RETURNED:
        for row in told:
            center = row.center_offering.center
            notify([row.created_by], KINDS[to], institution=row.institution, subject=row, center=center)
        return
    together = Counter((row.created_by, row.center_offering.center) for row in told)
    for (user, center), count in together.items():
        notify([user], KINDS[to], institution=center.institution, subject=center, center=center, count=count)
