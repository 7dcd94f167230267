"""A centre closes: it takes nobody in any more, its students move as one case, then it is revoked (docs/rules.md §2.8)."""

import datetime as dt

from django.db.models import QuerySet

from demo.simulating.scene import Scene
from enrollment.models import ChangeCase, Student
from enrollment.requests.services.cases import approve_case, carry_out_case, open_closing_case, reject_case
from enrollment.services import revoke_center
from learning_centers.models import LearningCenter, Major
from learning_centers.services import file_majors, stop_intake

DECIDED_OTHERWISE = {"change_after_terminal", "later_change_leads_nowhere", "later_change_in_the_way", "comes_later"}
"""Who has left meanwhile, and about whom something later is decided already."""


def stop(scene: Scene) -> None:
    if scene.closing is not None:
        scene.tally.do(stop_intake, scene.closing, on=scene.today, reason="设点协议到期", by=scene.cast.registrar)


def ask_to_move(scene: Scene) -> None:
    """The first proposal is too short of time and is rejected; the second one waits for a second person."""
    if scene.closing is None or not _students_of(scene.closing).exists():
        return
    targets = [one for key, one in sorted(scene.centers.items()) if key != scene.closing.pk]
    first = _propose(scene, scene.closing, targets, scene.today + dt.timedelta(days=5))
    if first is not None:
        scene.tally.do(reject_case, first, comment="请留出通知学生的时间", by=scene.cast.second)
    provoke, registrar = scene.tally.provoke, scene.cast.registrar
    provoke("center_has_students", revoke_center, scene.closing, on=scene.today, by=registrar)
    majors = Major.objects.current().filter(institution=scene.institution)
    scene.tally.do(file_majors, targets[0], majors, begin=scene.today, by=registrar)
    second = _propose(scene, scene.closing, targets, scene.today + dt.timedelta(days=30))
    if second is not None:
        provoke("second_person", approve_case, second, decision_no=scene.decision_no(), by=registrar)


def _students_of(center: LearningCenter) -> QuerySet[Student]:
    return Student.objects.current().filter(current_center=center, current_state__in=("active", "suspended"))


def _propose(scene: Scene, center: LearningCenter, targets: list[LearningCenter], on: dt.date) -> ChangeCase | None:
    return scene.tally.do(open_closing_case, center, targets, on=on, reason="教学点撤销", by=scene.cast.registrar)


def move(scene: Scene) -> None:
    """One approval; the job carries it out student by student. Who has left meanwhile needs no move."""
    waiting = ChangeCase.objects.filter(center=scene.closing, status=ChangeCase.State.SUBMITTED)
    for case in list(waiting.select_related("institution")):
        scene.tally.do(approve_case, case, decision_no=scene.decision_no(), by=scene.cast.second)
        scene.tally.do(carry_out_case, case.pk, rows=case.requests.count())
        for refusal in case.requests.exclude(refusal="").values_list("refusal", flat=True):
            found = scene.tally.refusals if refusal in DECIDED_OTHERWISE else scene.tally.unforeseen
            found["carry_out_case", refusal] += 1


def move_the_rest(scene: Scene) -> None:
    """Who was taken back there since."""
    if scene.closing is not None and _students_of(scene.closing).exists():
        targets = [one for key, one in sorted(scene.centers.items()) if key != scene.closing.pk]
        _propose(scene, scene.closing, targets, scene.today)
        move(scene)


def revoke(scene: Scene) -> None:
    if scene.closing is not None:
        scene.tally.do(revoke_center, scene.closing, on=scene.today, reason="撤销", by=scene.cast.registrar)
