"""From the notice to the student number: who comes, who comes late, for whom a place is kept, and who never comes."""

import datetime as dt

from common.batches import first_day
from demo.simulating.deciding import own_applications
from demo.simulating.scene import Scene
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.models import Application
from enrollment.services import (
    check_in,
    grant_late_arrival,
    issue_notices,
    keep_place,
    lapse_application,
    register_many,
    reject_application,
    withdraw_application,
)

WITHDRAWN, KEPT, LATE, NEVER, FRAUD = 0.01, 0.025, 0.02, 0.04, 0.005
REGISTER_AT_ONCE = 200
NO_WAY_IN = {"quota_exceeded", "no_admission_plan", "study_form_not_valid_for_batch", "center_stopped_intake"}
"""Why somebody whose place was kept does not get into the batch of the year after."""


def give_notice(scene: Scene, code: str) -> None:
    accepted = own_applications(scene, code, Status.ACCEPTED)
    if accepted:
        scene.tally.provoke(
            "notice_missing", check_in, accepted[0], on=first_day(code), by=_coordinator(scene, accepted[0])
        )
        scene.tally.do(issue_notices, accepted, on=scene.today, by=scene.cast.registrar, rows=len(accepted))


def arrive(scene: Scene, code: str, *, share: float) -> None:
    """This share of those who are awaited comes today."""
    awaited = own_applications(scene, code, Status.ACCEPTED)
    for one in scene.rng.sample(awaited, int(share * len(awaited))):
        _check_in(scene, one)


def ask_for_time(scene: Scene, code: str) -> None:
    """Some do not want any more, some ask to come later, for some the place is kept for a year."""
    awaited = own_applications(scene, code, Status.ACCEPTED)
    if not awaited:
        return
    do, registrar = scene.tally.do, scene.cast.registrar
    scene.tally.provoke("not_yet_due", lapse_application, awaited[0], reason_code="not_arrived", by=registrar)
    gone = scene.some("withdrawn before arrival", WITHDRAWN, awaited)
    kept = scene.some("kept places", KEPT, [one for one in awaited if one not in gone])
    late = scene.some("late arrivals", LATE, [one for one in awaited if one not in gone and one not in kept])
    for one in gone:
        do(withdraw_application, one, reason_code="other_school", by=_coordinator(scene, one))
    for one in kept:
        do(keep_place, one, reason_code="military_service", by=registrar)
    for one in late:
        do(grant_late_arrival, one, until=first_day(code) + dt.timedelta(days=30), reason_code="illness", by=registrar)
    others = [one for one in awaited if one not in gone and one not in kept and one not in late]
    never = scene.some("never arrived", NEVER, others)
    for one in others:
        if one not in never:
            _check_in(scene, one)


def lapse(scene: Scene, code: str) -> None:
    """Who has not come and was granted no later day has lost the place."""
    for one in own_applications(scene, code, Status.ACCEPTED):
        if one.late_until is None or one.late_until < scene.today:
            scene.tally.provoke("arrived_too_late", check_in, one, on=scene.today, by=_coordinator(scene, one))
            scene.tally.do(lapse_application, one, reason_code="not_arrived", by=scene.cast.registrar)


def arrive_late(scene: Scene, code: str) -> None:
    for one in own_applications(scene, code, Status.ACCEPTED):
        if scene.chance(0.8):
            _check_in(scene, one)


def return_after_a_year(scene: Scene, code: str) -> None:
    for one in own_applications(scene, code, Status.PLACE_KEPT):
        if scene.chance(0.7):
            _check_in(scene, one)


def lapse_kept(scene: Scene, code: str) -> None:
    for one in own_applications(scene, code, Status.PLACE_KEPT):
        scene.tally.do(lapse_application, one, reason_code="kept_too_long", by=scene.cast.registrar)


def register(scene: Scene, code: str) -> None:
    """Makes students of those who are there; at the last look somebody is turned away."""
    present = own_applications(scene, code, Status.CHECKED_IN)
    for one in scene.some("frauds", FRAUD, present):
        scene.tally.do(reject_application, one, reason_code="fraud", by=scene.cast.registrar)
    present = own_applications(scene, code, Status.CHECKED_IN)
    for start in range(0, len(present), REGISTER_AT_ONCE):
        some = present[start : start + REGISTER_AT_ONCE]
        registered = scene.tally.do_many(
            register_many, some, expected=NO_WAY_IN, on=scene.today, by=scene.cast.registrar
        )
        for one, refusal in registered:
            if refusal is not None:
                scene.tally.do(reject_application, one, reason_code="no_place", by=scene.cast.registrar)


def _check_in(scene: Scene, application: Application) -> None:
    scene.tally.do(check_in, application, on=scene.today, by=_coordinator(scene, application))


def _coordinator(scene: Scene, application: Application) -> object:
    return scene.cast.coordinator(application.center_offering.center_id)
