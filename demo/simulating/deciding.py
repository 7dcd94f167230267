"""The registrar looks at what was handed in and decides, as far as there are places."""

from collections.abc import Sequence

from demo.simulating.planning import batch_named
from demo.simulating.scene import Scene
from demo.simulating.tally import Report
from enrollment.admission.checklist import checklists
from enrollment.admission.models.applications import ApplicationStatus
from enrollment.models import Application
from enrollment.services import (
    accept_application,
    check_items,
    decide_many,
    preview_many,
    reject_application,
    return_application,
    verify_prior,
)

RETURNED, UNTRUE_DIPLOMA, TOO_LOW = 0.08, 0.02, 0.03
NO_PLACE = {"quota_exceeded"}


def own_applications(scene: Scene, code: str, *statuses: str) -> list[Application]:
    """Those that the simulation's coordinators entered, in these states, oldest first."""
    rows = Application.objects.current().filter(
        batch=batch_named(scene, code), status__in=statuses, created_by__in=scene.cast.coordinators.values()
    )
    joined = rows.select_related("institution", "batch", "center_offering__center", "created_by")
    return list(joined.select_related("center_offering__programme_version__programme").order_by("pk"))


def decide(scene: Scene, code: str) -> None:
    """All that waits: diplomas verified, items checked, and a decision for everybody for whom there is a place."""
    waiting = turn_away_untrue(scene, own_applications(scene, code, ApplicationStatus.SUBMITTED))
    fresh = [one for one in waiting if one.remark == ""]
    incomplete = scene.some("returned applications", RETURNED, fresh)
    for one in incomplete:
        _return(scene, one)
    too_low = scene.some("too low scores", TOO_LOW, [one for one in fresh if one not in incomplete])
    for one in too_low:
        scene.tally.do(reject_application, one, reason_code="score_too_low", by=scene.cast.manager)
    accept(scene, [one for one in waiting if one not in incomplete and one not in too_low])


def turn_away_untrue(scene: Scene, waiting: Sequence[Application]) -> list[Application]:
    """Rejects those whose diploma nobody knows; returns the others."""
    untrue = _verify_diplomas(scene, waiting)
    for one in untrue:
        scene.tally.provoke("prior_not_found", accept_application, one, by=scene.cast.registrar)
        scene.tally.do(reject_application, one, reason_code="prior_not_found", by=scene.cast.registrar)
    return [one for one in waiting if one not in untrue]


def _verify_diplomas(scene: Scene, waiting: Sequence[Application]) -> list[Application]:
    """Asks the registry for each diploma that nobody has asked for; returns those that it does not know."""
    unknown = Application.Prior.UNVERIFIED
    asked = [one for one in waiting if one.prior_certificate_no and one.prior_state == unknown]
    untrue = scene.some("untrue diplomas", UNTRUE_DIPLOMA, asked)
    for one in asked:
        state, method = ("not_found", "") if one in untrue else ("verified", "registry")
        scene.tally.do(verify_prior, one, state, method, by=scene.cast.registrar)
    return untrue


def _return(scene: Scene, application: Application) -> None:
    scene.tally.do(check_items, [application], {"photo": "missing"}, remark="照片不清晰", by=scene.cast.registrar)
    scene.tally.provoke("checklist_incomplete", accept_application, application, by=scene.cast.registrar)
    scene.tally.do(
        return_application, application, reason_code="photo_unfit", comment="请补交照片", by=scene.cast.registrar
    )


def accept(scene: Scene, candidates: Sequence[Application]) -> None:
    """In bulk, after a preview that must say the same. Whoever finds no place waits until the end."""
    if not candidates:
        return
    for path in {_path(one) for one in candidates}:
        items = dict.fromkeys((item.code for item in checklists(scene.institution, [path])[path]), "good")
        of_path = [one for one in candidates if _path(one) == path]
        scene.tally.do(check_items, of_path, items, by=scene.cast.registrar, rows=len(of_path))
    promised = scene.tally.do_many(preview_many, candidates, "accept", expected=NO_PLACE, by=scene.cast.registrar)
    decided = scene.tally.do_many(decide_many, candidates, "accept", expected=NO_PLACE, by=scene.cast.registrar)
    if _codes(promised) != _codes(decided):
        scene.tally.faults.append("the preview promised another outcome than the decision had")


def _codes(reports: Sequence[Report]) -> list[str | None]:
    return [refusal and refusal.code for _application, refusal in reports]


def _path(application: Application) -> str:
    return application.center_offering.programme_version.programme.level_path


def turn_away(scene: Scene, code: str) -> None:
    """At the end of the window: one more attempt for each who waits, then a rejection where all places are gone."""
    waiting = own_applications(scene, code, ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED)
    decide(scene, code)
    for one in own_applications(scene, code, ApplicationStatus.SUBMITTED):
        accepted = scene.tally.attempt(NO_PLACE, accept_application, one, by=scene.cast.registrar)
        if accepted is None:
            scene.tally.do(reject_application, one, reason_code="no_place", by=scene.cast.registrar)
    if waiting:
        by = scene.cast.coordinator(waiting[0].center_offering.center_id)
        scene.tally.provoke("not_allowed", accept_application, waiting[0], by=by)
