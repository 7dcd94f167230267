"""An application comes in: draft, checks, submission, withdrawal (docs/rules.md §2.3)."""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import require
from common.dates import today
from common.errors import NotAllowed
from common.identifiers import IdentifierError
from common.laws import broken_constraint
from common.ledger import recording
from common.transitions import move
from enrollment.admission.models.applications import HOLDING, Application, ApplicationStatus
from enrollment.admission.models.places import BatchWindow, EntryBatch
from enrollment.admission.services.judging import (
    FORMS,
    Fault,
    IdentityVerdict,
    judge_identity,
    submission_faults,
    written,
    written_name,
)
from enrollment.admission.services.places import free_places_of
from enrollment.admission.services.planning import require_open
from enrollment.admission.services.refusals import refuse
from enrollment.admission.services.steps import locked_one, write_steps
from enrollment.admission.services.telling import tell_deciders
from enrollment.admission.services.transferring import FORMER
from enrollment.records.models.students import StudentEntry
from enrollment.records.reasons import is_reason
from exchange.raw import normalize
from exchange.types import Refusal
from learning_centers.models import CenterOffering, Institution
from people.models import Person
from people.services import identity_digest, persons_by_digest

__all__ = [
    "ApplicationDraft", "Fault", "IdentityVerdict", "PossibleDuplicate", "edit_application", "judge_identity",
    "possible_duplicates", "start_application", "submission_faults", "submit_application", "withdraw_application",
]  # fmt: skip

ENTER = "enrollment.enter_application"
VIEW = "enrollment.view_applications"
Function = BatchWindow.Function
Kind = StudentEntry.Kind
EDITABLE = (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)
TWICE = {
    "application_once_a_batch": "application_twice",
    "application_candidate_once": "candidate_twice",
    "application_sent_once": "sent_twice",
}


@dataclass(frozen=True, kw_only=True)
class ApplicationDraft:
    """What an applicant says, as typed; anything but the name may still be missing in a draft."""

    name: str = ""
    latin_name: str = ""
    sex: str = ""
    birth_date: dt.date | None = None
    nationality: str = "CHN"
    ethnicity: str = ""
    political_status: str = ""
    id_type: str = "resident_id"
    id_no: str = ""
    phone: str = ""
    email: str = ""
    candidate_no: str = ""
    exam_score: Decimal | None = None
    class_name: str = ""
    branch_name: str = ""
    remark: str = ""
    prior_school: str = ""
    prior_certificate_no: str = ""
    prior_graduated_on: dt.date | None = None
    entry_kind: str = StudentEntry.Kind.ADMISSION
    former_institution: str = ""
    former_student_no: str = ""
    former_major_code: str = ""
    transferred_on: dt.date | None = None
    release_no: str = ""


@transaction.atomic
def start_application(
    center_offering: CenterOffering,
    batch: EntryBatch,
    draft: ApplicationDraft,
    *,
    sent_as: uuid.UUID | None = None,
    by: Any,
) -> Application:
    """A new draft. Right: `enrollment.enter_application` at the centre. Raises DomainError `window_closed`,
    `value_not_possible` for a batch of another institution or an unknown kind of entry, and `sent_twice` if `by` has sent the
    same form (`sent_as`) before."""
    require(by, ENTER, center_offering)
    institution = center_offering.institution
    if batch.institution_id != institution.pk or draft.entry_kind not in Kind:
        raise refuse("value_not_possible")
    if draft.entry_kind != Kind.TRANSFER_IN:
        require_open(batch, Function.APPLY, today(institution), center_offering.center.school)
    with recording(institution, by=by, reason="enrollment.start_application") as entry, said_once():
        application = Application(
            institution=institution,
            batch=batch,
            center_offering=center_offering,
            created_by=by,
            recorded_in_id=entry.id,
            sent_as=sent_as,
            **typed(draft),
        )
        application.id_digest = digest_of(application)
        application.version = 0
        application.save()
        write_steps([application], "enrollment.start_application", entry=entry)
    return application


@transaction.atomic
def edit_application(
    application: Application, draft: ApplicationDraft, *, seen: int | None = None, by: Any
) -> Application:
    """Write a draft or a returned application anew; a prior diploma that reads otherwise has to be verified again.

    Right: `enrollment.enter_application`. Raises DomainError `stale`, `not_editable`, `value_not_possible`, also for another kind
    of entry once it was handed in: each kind has days of its own.
    """
    require(by, ENTER, application)
    row = locked_one(application, seen)
    if row.status not in EDITABLE:
        raise refuse("not_editable")
    handed_in = row.status != ApplicationStatus.DRAFT
    if draft.entry_kind not in Kind or (handed_in and draft.entry_kind != row.entry_kind):
        raise refuse("value_not_possible")
    values = typed(draft)
    prior = ("prior_school", "prior_certificate_no", "prior_graduated_on")
    if any(values[name] != getattr(row, name) for name in prior):
        values |= {"prior_state": Application.Prior.UNVERIFIED, "prior_method": "", "prior_verified_on": None}
        values["prior_verified_by"] = None
    for name, value in values.items():
        setattr(row, name, value)
    row.id_digest = digest_of(row)
    with recording(row.institution, by=by, reason="enrollment.edit_application") as entry:
        write_steps([row], "enrollment.edit_application", entry=entry, also=[*values, "id_digest"])
    return row


@transaction.atomic
def submit_application(application: Application, *, seen: int | None = None, by: Any) -> Application:
    """Hand a draft or a returned application in. Right: `enrollment.enter_application`.

    Raises DomainError `stale`, `move_not_possible`, `window_closed`, the code of the first of `submission_faults` (its
    `faults` detail holds all), `application_twice` or `candidate_twice`.
    """
    require(by, ENTER, application)
    row = locked_one(application, seen)
    day = today(row.institution)
    came_back = row.status == ApplicationStatus.RETURNED
    if not row.is_transfer:
        window = Function.DECIDE if came_back else Function.APPLY
        require_open(row.batch, window, day, row.center_offering.center.school)
    if faults := submission_faults(row):
        raise refuse(faults[0].code, field=faults[0].field, faults=[(one.field, one.code) for one in faults])
    with recording(row.institution, by=by, reason="enrollment.submit_application") as entry, said_once():
        move(row, ApplicationStatus.SUBMITTED)
        row.submitted_at = timezone.now()
        write_steps([row], "enrollment.submit_application", entry=entry, also=["submitted_at"])
        tell_deciders([row])
    return row


@transaction.atomic
def withdraw_application(
    application: Application, *, reason_code: str, comment: str = "", seen: int | None = None, by: Any
) -> Application:
    """The applicant does not want any more; a held place becomes free. Right: `enrollment.withdraw_application`.

    Raises DomainError `reason_unknown`, `move_not_possible`, `stale`.
    """
    require(by, "enrollment.withdraw_application", application)
    if not is_reason("withdraw", reason_code, application.institution):
        raise refuse("reason_unknown")
    row = locked_one(application, seen)
    with recording(row.institution, by=by, reason="enrollment.withdraw_application") as entry:
        if row.status in HOLDING:
            free_places_of([row])
        move(row, ApplicationStatus.WITHDRAWN)
        write_steps([row], "enrollment.withdraw_application", entry=entry, reason_code=reason_code, comment=comment)
    return row


def typed(draft: ApplicationDraft) -> dict[str, Any]:
    """The draft's values as they are stored: as a file's cells are read, numbers in one form where they have it."""
    values = {name: normalize(value)[0] if isinstance(value, str) else value for name, value in asdict(draft).items()}
    values["id_no"] = judge_identity(draft.id_type, draft.id_no).number
    with suppress(Refusal):  # said at submission; a draft keeps what was typed
        values["name"] = written_name(draft.name)
    for field, form in FORMS.items():
        try:
            judged = form(written(values[field]))
        except IdentifierError:
            continue
        values[field] = getattr(judged, "number", judged)
    if draft.entry_kind != Kind.TRANSFER_IN:
        values |= {name: None if name == "transferred_on" else "" for name in FORMER}
    return values


def digest_of(application: Application) -> bytes | None:
    """The key by which the person is found again; none while the number cannot be true."""
    verdict = judge_identity(application.id_type, application.id_no)
    if not verdict.valid:
        return None
    return identity_digest(application.institution_id, verdict.id_type, verdict.number)


@contextmanager
def said_once() -> Iterator[None]:
    """Says in our words what the constraints say: one person and one candidate number has one application in a batch, and a
    form that is sent again is the same application."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        if code := TWICE.get(broken_constraint(error)):
            raise refuse(code) from None
        raise


@dataclass(frozen=True)
class PossibleDuplicate:
    """Somebody who may be the same: `same_number` is certain, same name and birth date is a hint."""

    same_number: bool
    subject: Person | Application


def possible_duplicates(
    institution: Institution, draft: ApplicationDraft, *, besides: Application | None = None, by: Any
) -> list[PossibleDuplicate]:
    """Whom the reader may see of those with this number, or with this name and birth date; `besides` is the application itself.
    Whether others are known elsewhere is not told: whoever types numbers could ask for all of them.

    Right: `enrollment.enter_application` somewhere in the institution.
    """
    if not by.institutions(ENTER).filter(pk=institution.pk).exists():
        raise NotAllowed(_("You may not do this here."), verb=ENTER)
    verdict = judge_identity(draft.id_type, draft.id_no)
    digest = identity_digest(institution.pk, verdict.id_type, verdict.number) if verdict.valid else b""
    owners = set(persons_by_digest(institution.pk, [digest]).values())
    name = typed(draft)["name"]
    alike = Q(name=name, birth_date=draft.birth_date) if name and draft.birth_date else Q(pk__in=[])
    applications = Application.objects.alive().filter(institution=institution).exclude(pk=besides and besides.pk)
    persons = Person.objects.current().filter(institution=institution).filter(alike | Q(pk__in=owners))
    by_number = Q(id_digest=digest) if digest else Q(pk__in=[])
    applied = applications.filter(alike | by_number).exclude(status=ApplicationStatus.REGISTERED)
    known = persons.visible_to(by, "people.view_persons").order_by("pk")
    waiting = applied.visible_to(by, VIEW).order_by("pk")
    return [
        *(PossibleDuplicate(one.pk in owners, one) for one in known),
        *(PossibleDuplicate(bool(digest) and bytes(one.id_digest or b"") == digest, one) for one in waiting),
    ]
