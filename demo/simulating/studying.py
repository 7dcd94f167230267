"""What befalls students between entry and end: four times a year somebody asks for every kind of change (docs/rules.md §2.4)."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from common.dates import plus_months
from demo.simulating.asking import ask
from demo.simulating.enrolled import active_students, end_of_terms, undecided
from demo.simulating.scene import Scene
from enrollment.models import EntitlementCheck, Student, StudentEntry, StudentPeriod
from enrollment.records.models.changes import ChangeKind as Kind
from enrollment.records.models.students import StudentState as State
from enrollment.records.services.terms import student_rule
from enrollment.services import RequestDraft, request_change
from learning_centers.intake import center_intakes
from learning_centers.models import ProgrammeVersion
from learning_centers.models.centers import CenterStatus
from learning_centers.study_forms import admits

TIMES_A_YEAR = 4
TRANSFER_MONTHS = (3, 10)
Draft = RequestDraft | None


class Habit(NamedTuple):
    """`share` of those who may (`whom`) ask for it in a year; `draft` says with which words, or that it is not possible."""

    kind: Kind
    share: float
    whom: Callable[[Scene, Student], bool]
    draft: Callable[[Scene, Student], Draft]


def anybody(scene: Scene, student: Student) -> bool:
    return True


def has_been_here_a_month(scene: Scene, student: Student) -> bool:
    return scene.today > student.entry_batch.starts_on + dt.timedelta(days=30)


def in_the_first_year(scene: Scene, student: Student) -> bool:
    return scene.today + dt.timedelta(days=40) < end_of_terms(student, 1)


def may_be_transferred(scene: Scene, student: Student) -> bool:
    last_year = end_of_terms(student, float(student.current_programme_version.normal_years) - 1)
    first_term = plus_months(student.entry_batch.starts_on, 6)
    in_time = scene.today.month in TRANSFER_MONTHS and first_term <= scene.today < last_year
    return in_time and not student.entries.current().filter(kind=StudentEntry.Kind.TRANSFER_IN).exists()


def has_studied_a_year(scene: Scene, student: Student) -> bool:
    return scene.today > end_of_terms(student, 1) + dt.timedelta(days=40)


def _plain(kind: Kind, code: str, reason: str) -> Callable[[Scene, Student], Draft]:
    return lambda scene, student: RequestDraft(kind, effective_on(scene), reason_code=code, reason=reason)


def effective_on(scene: Scene) -> dt.date:
    """Some days ago, today, or soon: a registrar dates all three."""
    return scene.today + dt.timedelta(days=scene.rng.choice((-9, -4, 0, 0, 0, 12, 25)))


def death(scene: Scene, student: Student) -> Draft:
    """Known some days later, never ahead."""
    day = scene.today - dt.timedelta(days=scene.rng.randint(2, 20))
    return RequestDraft(Kind.DECEASED, day, reason="家属来函告知")


def to_another_school(scene: Scene, student: Student) -> Draft:
    """Only in the months of transfers, so today."""
    return RequestDraft(Kind.TRANSFER_OUT, scene.today, reason="转入居住地高校")


def another_major(scene: Scene, student: Student) -> Draft:
    """Of the same path, form and discipline, where the student is."""
    present = student.current_programme_version
    near = [one for one in _versions_there(scene, student) if _discipline(one) == _discipline(present)]
    return _to_version(scene, Kind.CHANGE_MAJOR, near)


def another_form(scene: Scene, student: Student) -> Draft:
    """The same programme in another form that the student's batch could enter in."""
    present, batch = student.current_programme_version, student.entry_batch.code
    same = ProgrammeVersion.objects.current().filter(programme=present.programme_id).exclude(pk=present.pk)
    able = [one for one in same.exclude(study_form=present.study_form).order_by("pk") if admits(one.study_form, batch)]
    return _to_version(scene, Kind.CHANGE_FORM, able)


def another_center(scene: Scene, student: Student) -> Draft:
    """One that takes students in and has filed the major."""
    on = effective_on(scene)
    able = _other_centers(scene, student, on)
    if not able:
        return None
    return RequestDraft(Kind.CHANGE_CENTER, on, new_center_id=scene.rng.choice(able), reason="工作地点变动")


def _other_centers(scene: Scene, student: Student, on: dt.date) -> list[int]:
    major = student.current_programme_version.programme.major.code
    intakes = center_intakes(one for one in scene.centers.values() if one.pk != student.current_center_id)
    return [key for key, one in sorted(intakes.items()) if one.refusal(on) is None and one.is_open_for(major, on)]


def _versions_there(scene: Scene, student: Student) -> list[ProgrammeVersion]:
    present = student.current_programme_version
    return [
        one
        for one in scene.programmes[student.current_center_id]
        if one.study_form == present.study_form
        and one.programme.level_path == present.programme.level_path
        and one.programme_id != present.programme_id
    ]


def _discipline(version: ProgrammeVersion) -> str:
    return version.programme.major.code[:2]


def _to_version(scene: Scene, kind: Kind, able: Sequence[ProgrammeVersion]) -> Draft:
    if not able:
        return None
    version = scene.rng.choice(able)
    return RequestDraft(kind, effective_on(scene), new_programme_version_id=version.pk, reason="岗位变动")


HABITS = (
    Habit(Kind.DECEASED, 0.002, has_been_here_a_month, death),
    Habit(Kind.TRANSFER_OUT, 0.02, may_be_transferred, to_another_school),
    Habit(Kind.CHANGE_FORM, 0.015, anybody, another_form),
    Habit(Kind.CHANGE_MAJOR, 0.04, in_the_first_year, another_major),
    Habit(Kind.CHANGE_CENTER, 0.03, anybody, another_center),
    Habit(Kind.EXPEL, 0.004, anybody, _plain(Kind.EXPEL, "", "考试作弊，情节严重")),
    Habit(Kind.INCOMPLETE, 0.008, has_studied_a_year, _plain(Kind.INCOMPLETE, "", "本人不再继续学习")),
    Habit(Kind.REPEAT_YEAR, 0.01, has_studied_a_year, _plain(Kind.REPEAT_YEAR, "", "学分不足")),
    Habit(Kind.WITHDRAW, 0.03, anybody, _plain(Kind.WITHDRAW, "own_request", "本人申请退学")),
    Habit(Kind.SUSPEND, 0.05, anybody, _plain(Kind.SUSPEND, "illness", "因病休学")),
)
"""Rare ones first, so that they find somebody also among few students."""


def ask_for_changes(scene: Scene) -> None:
    """Nobody asks for two things on one day."""
    students = active_students(scene)
    busy: set[int] = set()
    for habit in HABITS:
        able = [one for one in students if one.pk not in busy and habit.whom(scene, one)]
        asking = scene.whole(f"asks to {habit.kind}", habit.share / TIMES_A_YEAR * len(able)) if able else 0
        for student in scene.rng.sample(able, len(able)) if asking else ():
            if asking and (draft := habit.draft(scene, student)):
                busy.add(student.pk)
                ask(scene, student, draft)
                asking -= 1
        scene.owed[f"asks to {habit.kind}"] += asking
    _ask_in_vain(scene, [one for one in students if one.pk not in busy])
    _return_from_suspension(scene)
    _appeal(scene)
    _cancel_the_unentitled(scene, busy)


def _ask_in_vain(scene: Scene, students: Sequence[Student]) -> None:
    """What the regulations do not allow is refused at once."""
    seniors = [one for one in students if has_studied_a_year(scene, one) and _versions_there(scene, one)]
    for one in scene.some("asks too late for another major", 0.01, seniors):
        version = _versions_there(scene, one)[0]
        code = (
            "major_change_too_late"
            if _discipline(version) == _discipline(one.current_programme_version)
            else "other_discipline"
        )
        draft = RequestDraft(Kind.CHANGE_MAJOR, scene.today, new_programme_version_id=version.pk, reason="个人发展")
        _refused(scene, code, one, draft)
    for one in scene.some("asks in vain", 0.01, students):
        _refused(scene, "change_not_possible", one, RequestDraft(Kind.RESUME, scene.today, reason="复学"))
        _refused(scene, "change_before_entry", one, RequestDraft(Kind.SUSPEND, dt.date(2001, 1, 1), reason="因病"))
        if scene.today < end_of_terms(one, 1):
            _refused(scene, "too_early_to_finish", one, RequestDraft(Kind.GRADUATE, scene.today, reason="提前毕业"))
        abroad = scene.cast.coordinator(next(key for key in scene.centers if key != one.current_center_id))
        _refused(scene, "not_allowed", one, RequestDraft(Kind.WITHDRAW, scene.today, reason="别处"), by=abroad)


def _refused(scene: Scene, code: str, student: Student, draft: RequestDraft, by: object = None) -> None:
    by = by or scene.cast.coordinator(student.current_center_id)
    scene.tally.provoke(code, request_change, student, draft, by=by)


def _return_from_suspension(scene: Scene) -> None:
    """Most come back within the year; whoever lets it pass may come late, or is refused and waits for the list of the overdue."""
    for student in undecided(scene, State.SUSPENDED):
        began = StudentPeriod.objects.current().filter(student=student).order_by("-position")[0].begin
        draft = RequestDraft(Kind.RESUME, scene.today, reason="康复复学")
        late = scene.today > plus_months(began, 12)
        if late and not student_rule("late_resumption_allowed", student, scene.today):
            _refused(scene, "suspension_over", student, draft)
        elif scene.today > plus_months(began, 4) and scene.chance(0.3 if late else 0.5):
            ask(scene, student, draft)


def _appeal(scene: Scene) -> None:
    """A few of those who have left are taken back; whose centre is no more, at another one."""
    left = undecided(scene, State.WITHDRAWN, State.EXPELLED, State.CANCELLED)
    for student in scene.some("appeals", 0.03, left):
        draft = RequestDraft(Kind.REINSTATE, scene.today, reason="申诉成立")
        if student.current_center.status == CenterStatus.REVOKED:
            _refused(scene, "center_revoked", student, draft)
            others = _other_centers(scene, student, scene.today)
            if not others:
                continue
            draft = replace(draft, new_center_id=scene.rng.choice(others))
        ask(scene, student, draft)


def _cancel_the_unentitled(scene: Scene, busy: set[int]) -> None:
    failed = EntitlementCheck.objects.current().filter(result=EntitlementCheck.Result.FAILED)
    unentitled = set(failed.values_list("student_id", flat=True)) - busy
    for student in (one for one in active_students(scene) if one.pk in unentitled):
        ask(
            scene, student, RequestDraft(Kind.CANCEL, scene.today, reason="入学资格复查不合格"), by=scene.cast.registrar
        )


CONFERRAL = dt.timedelta(days=62)
"""Before the end of the last term (docs/rules.md §2.2)."""

LINGER = dt.timedelta(days=200)
"""Who has not finished by then takes long, some of them too long."""

SUSPENDED_MEANWHILE = {"too_early_to_finish"}


def finish(scene: Scene) -> None:
    """Conferral: most of those whose time is over graduate, a few complete, the others go on; completers come back for more."""
    due = [one for one in active_students(scene) if scene.today >= _end(one) - CONFERRAL]
    graduating = scene.some("graduates", 0.86, [one for one in due if scene.today < _end(one) + LINGER])
    graduating += scene.some("graduates late", 0.2, [one for one in due if scene.today >= _end(one) + LINGER])
    completing = scene.some("completes", 0.05, [one for one in due if one not in graduating])
    completed = scene.some("diploma after completion", 0.4, undecided(scene, State.COMPLETED))
    for students, kind, reason in (
        (graduating, Kind.GRADUATE, "毕业审核通过"),
        (completing, Kind.COMPLETE, "学习期满"),
        (completed, Kind.GRADUATE, "结业换毕业"),
    ):
        for student in students:
            draft = RequestDraft(kind, scene.today, reason=reason)
            ask(scene, student, draft, expected=SUSPENDED_MEANWHILE, by=scene.cast.registrar)


def _end(student: Student) -> dt.date:
    return end_of_terms(student, float(student.current_programme_version.min_years))
