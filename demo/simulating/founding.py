"""What degree study needs and the institution lacks, made as a registrar would: programmes, centres, filings, offerings."""

import datetime as dt
import random
from typing import Any

from demo.places import credit_code
from demo.simulating.scene import Scene
from demo.structure import programme_drafts
from learning_centers.intake import CenterIntake, center_intakes, covers
from learning_centers.models import LearningCenter, Major, ProgrammeVersion
from learning_centers.models.centers import CenterStatus, Regime
from learning_centers.services import (
    CenterDraft,
    Filing,
    OrganizationDraft,
    Place,
    Setting,
    Terms,
    activate_center,
    file_center,
    offer_at_center,
    offer_programme,
    open_center,
    set_rule,
)


def found(scene: Scene) -> None:
    """Everything up to the first batch. Centres of the network take part as they are."""
    _offer_programmes(scene)
    told = [_open_center(scene, one) for one in scene.study.told.get("center", [])]
    known = LearningCenter.objects.current().filter(institution=scene.institution)
    direct = known.filter(regime=Regime.SCHOOL_DIRECT).exclude(pk__in=[center.pk for center in told])
    centers = [*direct.order_by("code")[:1], *told, *_of_the_network(scene)]
    scene.centers = {center.pk: center for center in centers}
    scene.tally.do(set_rule, scene.institution, _no_late_return(scene), by=scene.cast.registrar)
    scene.closing = next((one for one in centers if one.code == scene.study.told["closing"]["center"]), None)
    for center, intake in zip(centers, center_intakes(centers).values(), strict=True):
        scene.programmes[center.pk] = _programmes(scene, intake)


def _no_late_return(scene: Scene) -> Setting:
    """Nobody returns after the longest suspension before the last two years; from then on the shipped rule holds."""
    until = dt.date(scene.years[1] - 1, 1, 1)
    return Setting("late_resumption_allowed", False, "模拟学籍管理规定第九条", end=until)


def _offer_programmes(scene: Scene) -> None:
    """Those of the invented majors; an institution with majors of its own offers them already."""
    if scene.study.files.majors:
        return
    for draft in programme_drafts(scene.study.majors, scene.study.forms):
        scene.tally.do(offer_programme, scene.unit, draft, by=scene.cast.registrar)


def _open_center(scene: Scene, told: dict[str, Any]) -> LearningCenter:
    """Proposed, filed where it must be, and activated on the same day."""
    on, registrar = scene.today, scene.cast.registrar
    majors = list(Major.objects.current().filter(institution=scene.institution).order_by("code"))
    rng = random.Random(told["code"])
    filed = told["regime"] == Regime.FILED
    draft = CenterDraft(
        code=told["code"],
        name=told["name"],
        name_en=told["name_en"],
        school_id=scene.unit.pk,
        regime=told["regime"],
        type=told.get("type", ""),
        place=Place(province_code=told["province"], region_code=told["region"]),
        statuses=((None, CenterStatus.PROPOSED),),
        host=OrganizationDraft(name=told["host"], uscc=credit_code(rng)) if filed else None,
        agreement=Terms(begin=on, end=on.replace(year=on.year + 10)) if filed else None,
        agreement_no=f"MN-{on.year}-{told['code']}" if filed else "",
        filings=[Filing(begin=on, end=dt.date(on.year + 1, 1, 1), year=on.year, decision="new")] if filed else (),
        majors=[major.pk for major in rng.sample(majors, min(len(majors), told.get("majors", len(majors))))],
        majors_from=on,
    )
    center = scene.tally.do(open_center, scene.institution, draft, by=registrar)
    assert center is not None, f"the centre {told['code']} is there already"
    scene.tally.do(activate_center, center, on=on, by=registrar)
    return center


def _of_the_network(scene: Scene) -> list[LearningCenter]:
    """Filed centres at work through all the years, one a province as far as there are provinces."""
    filed = LearningCenter.objects.current().filter(institution=scene.institution, regime=Regime.FILED)
    candidates = list(filed.filter(status=CenterStatus.ACTIVE).exclude(code__in=_told_codes(scene)).order_by("code"))
    intakes = center_intakes(candidates)
    able = [one for one in candidates if _works_through(intakes[one.pk], scene)]
    scene.rng.shuffle(able)
    first_of_province = list({one.province_code: one for one in able}.values())
    others = [one for one in able if one not in first_of_province]
    return (first_of_province + others)[: scene.study.told["network"]]


def _told_codes(scene: Scene) -> list[str]:
    return [told["code"] for told in scene.study.told.get("center", [])]


def _works_through(intake: CenterIntake, scene: Scene) -> bool:
    return all(
        covers(span, day) == (status == CenterStatus.ACTIVE)
        for span, status in intake.states
        for day in (scene.today, scene.until)
    )


def _programmes(scene: Scene, intake: CenterIntake) -> list[ProgrammeVersion]:
    """A few programmes that the centre has filed, half of them of one discipline and path so that a change of major is possible."""
    versions = ProgrammeVersion.objects.current().filter(
        institution=scene.institution, study_form__in=scene.study.forms, programme__school=scene.unit
    )
    filed = [
        one
        for one in versions.select_related("programme__major").order_by("pk")
        if intake.is_open_for(one.programme.major.code, scene.today)
    ]
    programmes = sorted({one.programme_id: one for one in filed}.values(), key=lambda one: one.pk)
    wanted = scene.study.told["offerings"]
    scene.rng.shuffle(programmes)
    kin = [one for one in programmes if _kind(one) == _kind(programmes[0])][: wanted // 2 + 1]
    chosen = {one.programme_id for one in (kin + [one for one in programmes if one not in kin])[:wanted]}
    return [one for one in filed if one.programme_id in chosen]


def _kind(version: ProgrammeVersion) -> tuple[str, str]:
    return version.programme.level_path, version.programme.major.code[:2]


def file_centers(scene: Scene) -> None:
    """The yearly declaration, for the coming year, of every filed centre that takes students in (docs/rules.md §2.8)."""
    year = scene.today.year + 1
    span = Filing(begin=dt.date(year, 1, 1), end=dt.date(year + 1, 1, 1), year=year)
    intakes = center_intakes(scene.centers.values())
    for center in scene.centers.values():
        if intakes[center.pk].refusal(dt.date(year, 12, 31)) == "center_filing_lapsed":
            scene.tally.do(file_center, center, span, by=scene.cast.registrar)


def offer(scene: Scene, center: LearningCenter, version: ProgrammeVersion) -> None:
    if (center.pk, version.pk) not in scene.offerings:
        offering = scene.tally.do(offer_at_center, center, version, on=scene.today, by=scene.cast.registrar)
        if offering is not None:
            scene.offerings[center.pk, version.pk] = offering
