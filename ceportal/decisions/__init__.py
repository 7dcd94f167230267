"""What needs a decision today: gathered from all apps, each line only for those who may act on it or see it."""

from collections.abc import Callable, Iterator
from typing import Any

from ceportal.decisions.beginning import first_steps
from ceportal.decisions.lines import Decision, Line
from ceportal.decisions.standing import (
    failed_jobs,
    files,
    filings,
    full_places,
    moved_figures,
    revoked_with_students,
    roles_without_a_place,
)
from ceportal.decisions.waiting import (
    applications,
    approvals,
    cases,
    entitlement,
    exports,
    guarded_files,
    missing_consents,
    requests,
    returned_requests,
    watched,
)

__all__ = ["Decision", "Line", "decisions"]

MAKERS: list[Callable[[Any], Iterator[Decision]]] = [
    requests, cases, applications, returned_requests, approvals, exports, guarded_files, missing_consents, watched,
    entitlement,
    first_steps, files, failed_jobs, filings, revoked_with_students, moved_figures, full_places,
    roles_without_a_place,
]  # fmt: skip


def decisions(user: Any) -> list[Decision]:
    return [one for make in MAKERS for one in make(user)]
