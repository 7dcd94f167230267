"""Showing what is sealed in an application, a request or a document: an act with a reason, on the trail before anything is shown
(docs/rules.md §8)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.audit import AuditNote, write_audit
from common.purposes import purpose
from enrollment.admission.models.applications import Application
from enrollment.records.models.changes import StudentChange
from enrollment.requests.models.requests import ChangeRequest
from people.services.limits import Kind, count_disclosures

NUMBERS = ("id_no", "phone", "email")
"""What of an applicant is shown masked."""
NUMBER_FACTS = ("id_no", "candidate_no", "prior_certificate_no")
VALUES = ("old_value", "new_value")
"""What of a correction is shown masked where it is a number (`is_number`)."""


def _write(verb: str, row: Any, what: str, reason: str, by: Any) -> None:
    said = purpose(reason, _("Say what you need it for."))
    count_disclosures(Kind.REVEAL, by=by)
    note = AuditNote(verb, row, said, {"what": what})
    write_audit([note], by=by, institution_id=row.institution_id)


@transaction.atomic
def reveal_number_in(row: Application | ChangeRequest, what: str, *, reason: str, by: Any) -> str:
    """One of `NUMBERS` of an applicant, or a value of a correction (`VALUES`), in clear. Right: `people.reveal_number`.

    Raises DomainError as `purpose` and `count_disclosures` do, KeyError for anything else that somebody asks for.
    """
    require(by, "people.reveal_number", row)
    if what not in (NUMBERS if isinstance(row, Application) else VALUES):
        raise KeyError(what)
    _write("people.reveal_number", row, what, reason, by)
    return getattr(row, what) or ""


@transaction.atomic
def reveal_reason(row: StudentChange | ChangeRequest, *, reason: str, by: Any) -> str:
    """Why the change was asked for or decided, which may tell of health. Right: `enrollment.reveal_reason`; raises
    DomainError as `purpose` and `count_disclosures` do."""
    require(by, "enrollment.reveal_reason", row)
    _write("enrollment.reveal_reason", row, "reason", reason, by)
    return row.reason or ""


def is_number(request: ChangeRequest) -> bool:
    """Whether the values of a correction are numbers of a person."""
    return request.fact in NUMBER_FACTS
