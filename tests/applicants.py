"""Applicants for tests: a batch with places, and applications led by the services as far as a test wants them."""

from itertools import count
from typing import Any

from common.batches import first_day
from common.dates import as_on
from common.ledger import recording
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.models import Application, EntryBatch
from enrollment.services import (
    ApplicationDraft,
    accept_application,
    check_in,
    check_items,
    entry_batches,
    issue_notices,
    keep_place,
    register_student,
    set_places,
    start_application,
    submit_application,
    verify_prior,
)
from learning_centers.models import CenterOffering, LearningCenter
from learning_centers.services import offer_at_centers
from tests.builders import a_version, an_identity_number, day, the_system

serial = count(1)
GOOD = {"identity": "good", "photo": "good", "exam": "good", "prior_diploma": "good"}


def a_batch(institution: Any, code: str = "2026-spring") -> EntryBatch:
    return EntryBatch.objects.get(pk=entry_batches(institution, [code])[code])


def an_offering(center: LearningCenter, **version: Any) -> CenterOffering:
    the_version = a_version(center.institution, **version)
    with recording(center.institution, by=the_system(), reason="tests.build") as entry:
        keys = offer_at_centers(center.institution, [(center.pk, the_version.pk)], entry=entry)
    return CenterOffering.objects.get(pk=keys[center.pk, the_version.pk])


def a_place(center: LearningCenter, quota: int = 10, code: str = "2026-spring", **version: Any) -> Any:
    return set_places(a_batch(center.institution, code), an_offering(center, **version), quota, by=the_system())


def a_draft(**values: Any) -> ApplicationDraft:
    """Complete and true, of a new person each time."""
    number = next(serial)
    known = {
        "name": "李娜", "sex": "female", "birth_date": day("1995-05-05"), "ethnicity": "01",
        "id_no": an_identity_number("1995-05-05", "female"), "phone": f"138{number:08}",
        "candidate_no": f"{25430000000000 + number}", "prior_school": "湖南科技职业学院",
        "prior_certificate_no": f"116971202306{number:06}",
    }  # fmt: skip
    return ApplicationDraft(**known | values)


def an_application(
    center: LearningCenter,
    status: str = Status.SUBMITTED,
    *,
    batch: str = "2026-spring",
    draft: ApplicationDraft | None = None,
    by: Any = None,
    **version: Any,
) -> Application:
    """An application in this state, reached by the verbs themselves; everything happens on the batch's first day."""
    by, first = by or the_system(), first_day(batch)
    with as_on(first):
        one = start_application(
            an_offering(center, **version), a_batch(center.institution, batch), draft or a_draft(), by=by
        )
        if status == Status.DRAFT:
            return one
        one = submit_application(one, by=by)
        if status == Status.SUBMITTED:
            return one
        one = accept_application(checked(one), by=the_system())
        if status == Status.ACCEPTED:
            return one
        issue_notices([one], on=first, by=the_system())
        if status == Status.PLACE_KEPT:
            return keep_place(one, reason_code="illness", by=the_system())
        one = check_in(one, on=first, by=by)
        if status == Status.CHECKED_IN:
            return one
        return register_student(one, on=first, by=the_system()).application


def checked(application: Application) -> Application:
    """All items in order and the prior diploma verified."""
    check_items([application], GOOD, by=the_system())
    return verify_prior(application, "verified", "registry", by=the_system())
