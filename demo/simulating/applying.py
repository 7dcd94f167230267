"""Coordinators enter applications: complete ones, unfinished ones, some twice, some too late."""

from collections.abc import Sequence
from dataclasses import replace

from demo.simulating.applicants import applicant, as_said
from demo.simulating.planning import batch_named
from demo.simulating.scene import Scene
from enrollment.models import AdmissionPlace, Application, EntryBatch
from enrollment.services import (
    ApplicationDraft,
    edit_application,
    possible_duplicates,
    start_application,
    submit_application,
    withdraw_application,
)
from learning_centers.models import CenterOffering

UNFINISHED, WITHDRAWN = 0.15, 0.03


def apply(scene: Scene, code: str, *, share: float) -> None:
    """This share of the batch's applicants comes to the centres."""
    batch = batch_named(scene, code)
    offerings, weights = _offered(scene, batch)
    count = scene.whole("applicants", share * scene.study.intake["applicants"] * scene.scale)
    chosen = scene.rng.choices(offerings, weights, k=count)
    applications = [
        one for offering in chosen if (one := _enter(scene, batch, offering, hurried=scene.chance(UNFINISHED)))
    ]
    if applications:
        _enter_twice(scene, batch, applications[0], offerings)
    for one in scene.some("withdrawn applications", WITHDRAWN, applications):
        scene.tally.do(withdraw_application, one, reason_code="own_wish", by=one.created_by)


def _offered(scene: Scene, batch: EntryBatch) -> tuple[Sequence[CenterOffering], list[int]]:
    """Where places are, by their number: more people apply where more can be admitted."""
    places = AdmissionPlace.objects.current().filter(batch=batch, center_offering__in=scene.offerings.values())
    joined = places.select_related("center_offering__center", "center_offering__programme_version__programme")
    ordered = list(joined.order_by("center_offering"))
    return [one.center_offering for one in ordered], [one.quota for one in ordered]


def _enter(scene: Scene, batch: EntryBatch, offering: CenterOffering, *, hurried: bool) -> Application | None:
    """A hurried applicant forgets something, is told so, and brings it."""
    do, by = scene.tally.do, scene.cast.coordinator(offering.center_id)
    draft = applicant(scene, batch.code, offering.center, offering.programme_version)
    first = replace(draft, phone="") if hurried else draft
    application = do(start_application, offering, batch, first, by=by)
    if application is None:
        return None
    if hurried:
        scene.tally.provoke("required", submit_application, application, by=by)
        seen = application.version
        do(edit_application, application, draft, seen=seen, by=by)
        scene.tally.provoke("stale", edit_application, application, draft, seen=seen, by=by)
        application.refresh_from_db()
    return do(submit_application, application, seen=application.version, by=by)


def _enter_twice(scene: Scene, batch: EntryBatch, first: Application, offerings: Sequence[CenterOffering]) -> None:
    """The same person comes to another centre, which is told nothing of the first, and enters them."""
    path = first.center_offering.programme_version.programme.level_path
    elsewhere = [one for one in offerings if one.center_id != first.center_offering.center_id]
    other = next((one for one in elsewhere if one.programme_version.programme.level_path == path), None)
    if other is None:
        return
    by, draft = scene.cast.coordinator(other.center_id), as_said(first)
    found = scene.tally.do(possible_duplicates, scene.institution, draft, by=by) or []
    if any(one.same_number for one in found):
        scene.tally.faults.append("a centre was told of a duplicate at another one")
    second = scene.tally.do(start_application, other, batch, draft, by=by)
    if second is not None:
        scene.tally.provoke("application_twice", submit_application, second, by=by)
        scene.tally.do(withdraw_application, second, reason_code="entered_by_mistake", by=by)


def apply_too_late(scene: Scene, code: str) -> None:
    """After the window has closed nothing is taken in, also nothing with a number that cannot be true."""
    batch = batch_named(scene, code)
    offering = _offered(scene, batch)[0][0]
    draft = applicant(scene, code, offering.center, offering.programme_version)
    by = scene.cast.coordinator(offering.center_id)
    scene.tally.provoke("window_closed", start_application, offering, batch, draft, by=by)


def amend_returned(scene: Scene, code: str) -> None:
    """Most of what came back is handed in again; a few people give up."""
    returned = Application.objects.came_back().filter(batch=batch_named(scene, code), institution=scene.institution)
    own = list(returned.filter(created_by__in=scene.cast.coordinators.values()).order_by("pk"))
    given_up = scene.some("given up", 0.1, own)
    for one in own:
        if one in given_up:
            scene.tally.do(withdraw_application, one, reason_code="other_school", by=one.created_by)
        else:
            draft: ApplicationDraft = replace(as_said(one), remark="已补交")
            scene.tally.do(edit_application, one, draft, seen=one.version, by=one.created_by)
            scene.tally.do(submit_application, one, by=one.created_by)
