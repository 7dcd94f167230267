"""Students who come from another institution: an application of their own kind, in the months of transfers (docs/rules.md §2.4)."""

import datetime as dt
from dataclasses import replace

from common.batches import batch_of
from demo.simulating.applicants import complete_draft
from demo.simulating.arriving import arrive, register
from demo.simulating.asking import EVIDENCE
from demo.simulating.deciding import accept, own_applications, turn_away_untrue
from demo.simulating.planning import batch_named
from demo.simulating.scene import Scene
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.attachments.services.attachments import attach
from enrollment.models import AdmissionPlace, Application, StudentEntry
from enrollment.services import (
    ApplicationDraft,
    edit_application,
    issue_notices,
    keep_place,
    start_application,
    submit_application,
)
from learning_centers.models import CenterOffering

A_TERM = 0.3


def receive(scene: Scene) -> None:
    """Somebody wants to come to a programme of the present batch that has a place left."""
    batch = batch_named(scene, batch_of(scene.today))
    places = AdmissionPlace.objects.current().filter(batch=batch, center_offering__in=scene.offerings.values())
    joined = places.select_related("center_offering__center", "center_offering__programme_version__programme__major")
    free = [one for one in joined.order_by("center_offering") if one.taken < one.quota]
    if free and scene.whole("transfers in", A_TERM):
        _apply(scene, scene.rng.choice(free).center_offering, batch.code)


def _apply(scene: Scene, offering: CenterOffering, code: str) -> None:
    """First for a month without transfers and without the release of the former institution, as it happens."""
    do, provoke, by = scene.tally.do, scene.tally.provoke, scene.cast.coordinator(offering.center_id)
    draft = _draft(scene, offering, code)
    too_late = replace(draft, transferred_on=scene.today + dt.timedelta(days=40))
    application = do(start_application, offering, batch_named(scene, code), too_late, by=by)
    assert application is not None
    provoke("transfer_in_other_month", submit_application, application, by=by)
    do(edit_application, application, draft, by=by)
    provoke("transfer_evidence_missing", submit_application, application, by=by)
    do(attach, application, "evidence", "转学批准函.png", EVIDENCE, by=by)
    do(submit_application, application, by=by)


def _draft(scene: Scene, offering: CenterOffering, code: str) -> ApplicationDraft:
    programme = offering.programme_version.programme
    said = complete_draft(scene.people, code, offering.center.province_code, programme.level_path)
    return replace(
        said,
        entry_kind=StudentEntry.Kind.TRANSFER_IN,
        former_institution="模拟开放大学",
        former_student_no=f"{scene.people.made:012}",
        former_major_code=programme.major.code,
        transferred_on=scene.today,
        release_no=scene.decision_no(),
    )


def decide_transfers(scene: Scene) -> None:
    """Decided like every application, and noticed; no place is kept for a transfer."""
    code, registrar = batch_of(scene.today), scene.cast.registrar
    accept(scene, turn_away_untrue(scene, _of_transfers(scene, code, Status.SUBMITTED)))
    if accepted := _of_transfers(scene, code, Status.ACCEPTED):
        scene.tally.do(issue_notices, accepted, on=scene.today, by=registrar, rows=len(accepted))
        scene.tally.provoke("move_not_possible", keep_place, accepted[0], reason_code="illness", by=registrar)


def welcome(scene: Scene) -> None:
    code = batch_of(scene.today)
    if _of_transfers(scene, code, Status.ACCEPTED):
        arrive(scene, code, share=1)
        register(scene, code)


def _of_transfers(scene: Scene, code: str, status: str) -> list[Application]:
    return [one for one in own_applications(scene, code, status) if one.is_transfer]
