"""A batch is planned: its windows, the plans of the provinces, the places of the centres."""

import datetime as dt
from collections import defaultdict
from math import ceil

from common.batches import first_day
from demo.simulating.founding import offer
from demo.simulating.scene import Class, Scene
from enrollment.models import BatchWindow, EntryBatch
from enrollment.services import entry_batches, set_places, set_provincial_plan, set_window
from learning_centers.intake import center_intakes
from learning_centers.models import ProgrammeVersion

Function = BatchWindow.Function
WINDOWS = {
    Function.APPLY: (-100, -40),
    Function.DECIDE: (-95, -12),
    Function.CHECK_IN: (-3, 400),
    Function.REGISTER: (0, 430),
}
"""Days from the first one of the batch."""


LEAST_CLASSES, PLACES = 6, 4
"""A small simulation plans for few programmes, each with about so many places."""


def batch_named(scene: Scene, code: str) -> EntryBatch:
    return EntryBatch.objects.get(pk=entry_batches(scene.institution, [code])[code])


def plan_batch(scene: Scene, code: str) -> None:
    """Once before the window for applications opens."""
    batch, registrar, do = batch_named(scene, code), scene.cast.registrar, scene.tally.do
    for function, (begin, end) in WINDOWS.items():
        do(set_window, batch, function, _days_on(code, begin), _days_on(code, end), by=registrar)
    quotas = _quotas(scene, code)
    plans: defaultdict[tuple[str, ProgrammeVersion], int] = defaultdict(int)
    for (center, version), quota in quotas.items():
        plans[scene.centers[center].province_code, version] += ceil(quota * scene.study.intake["plan"])
    for (province, version), quota in plans.items():
        programme = version.programme
        terms = (province, programme.major, programme.level_path, version.study_form)
        do(set_provincial_plan, batch, *terms, quota, source="模拟招生计划", by=registrar)
    for (center, version), quota in quotas.items():
        do(set_places, batch, scene.offerings[center, version.pk], quota, by=registrar)
    _overreach(scene, batch, quotas)


def _days_on(code: str, days: int) -> dt.date:
    return first_day(code) + dt.timedelta(days=days)


def _quotas(scene: Scene, code: str) -> dict[tuple[int, ProgrammeVersion], int]:
    """Places by centre and version; about as many in all as the intake says, at least one each."""
    wanted = scene.study.intake["applicants"] * scene.study.intake["places"] * scene.scale
    classes = _chosen(scene, classes_of(scene, code), max(LEAST_CLASSES, round(wanted / PLACES)))
    for center, version in classes:
        offer(scene, scene.centers[center], version)
    weights = [scene.rng.lognormvariate(0, 0.5) for _one in classes]
    return {one: max(1, round(wanted * weight / sum(weights))) for one, weight in zip(classes, weights, strict=True)}


def _chosen(
    scene: Scene, classes: list[tuple[int, ProgrammeVersion]], count: int
) -> list[tuple[int, ProgrammeVersion]]:
    """So many of these, and always some of the centre that will close: somebody shall have to move."""
    shuffled = scene.rng.sample(classes, len(classes))
    closing = scene.closing and scene.closing.pk
    return sorted(shuffled[:count] + [one for one in shuffled[count:] if one[0] == closing][:2], key=_keys)


def classes_of(scene: Scene, code: str) -> list[tuple[int, ProgrammeVersion]]:
    """What the centres that take students in offer in the batch."""
    forms, day = scene.study.forms_of(code), first_day(code)
    intakes = center_intakes(scene.centers.values())
    return [
        (center, version)
        for center, versions in scene.programmes.items()
        if intakes[center].refusal(day) is None
        for version in versions
        if version.study_form in forms
    ]


def _overreach(scene: Scene, batch: EntryBatch, quotas: dict[tuple[int, ProgrammeVersion], int]) -> None:
    """More places than the province allows, a plan below its places, and places set by somebody who may not."""
    (center, version), quota = next(iter(quotas.items()))
    offering, registrar, provoke = scene.offerings[center, version.pk], scene.cast.registrar, scene.tally.provoke
    programme, province = version.programme, scene.centers[center].province_code
    provoke("plan_exceeded", set_places, batch, offering, quota * 3 + 10, by=registrar)
    terms = (province, programme.major, programme.level_path, version.study_form)
    provoke("plan_exceeded", set_provincial_plan, batch, *terms, 0, by=registrar)
    provoke("not_allowed", set_places, batch, offering, quota, by=scene.cast.coordinator(center))


def _keys(one: tuple[int, ProgrammeVersion]) -> Class:
    return one[0], one[1].pk
