"""Schools and offices: who was founded, renamed, merged, split or given another role, and when (docs/rules.md §1)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common.access import require
from common.dates import PartialDate, today
from common.errors import DomainError
from common.ledger import recording
from learning_centers.models import (
    CenterPeriod,
    Institution,
    LearningCenter,
    LineageEvent,
    LineageLink,
    School,
    SchoolName,
    SchoolParent,
    SchoolRole,
)
from learning_centers.services.center_periods import handed_on, timeline, write_timeline
from learning_centers.services.dating import end_row, require_news, succeed
from learning_centers.services.naming import project_names

Side = LineageLink.Side


@dataclass(frozen=True, kw_only=True)
class SchoolDraft:
    """A school or office to be founded; `role` is what it does from its first day on."""

    code: str
    name: str
    name_en: str = ""
    kind: str = School.Kind.SCHOOL
    role: str = ""
    parent: School | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """What is known of a lineage event beside its units: when, by whose approval, and in which words."""

    on: PartialDate
    approved_by: str = ""
    note: str = ""
    note_en: str = ""
    position: int = 0


@transaction.atomic
def found_school(institution: Institution, draft: SchoolDraft, *, by: Any, act: Act | None = None) -> School:
    """A new unit; without an act nothing is known of its founding, and its name holds since ever. Raises DomainError
    `school_exists`."""
    require(by, "learning_centers.found_school", institution)
    with recording(institution, by=by, reason="learning_centers.found_school") as entry:
        school = _write_school(institution, draft, act, entry)
        if act:
            _write_event(institution, LineageEvent.Kind.FOUNDED, act, entry, successors=[school])
        entry.note("learning_centers.found_school", school)
    return school


@transaction.atomic
def rename_school(school: School, name: str, *, act: Act, by: Any, name_en: str = "") -> School:
    """The same unit under another name from that day on. Raises DomainError `change_not_possible`, `nothing_changes`."""
    require(by, "learning_centers.rename_school", school)
    hold_open_units([school])
    require_news(school.names.all(), act.on.first, name=name, name_en=name_en)
    with recording(school.institution, by=by, reason="learning_centers.rename_school") as entry:
        precision = act.on.precision
        succeed(
            school.names.all(),
            act.on.first,
            entry.id,
            school=school,
            name=name,
            name_en=name_en,
            begin_precision=precision,
        )
        _write_event(school.institution, LineageEvent.Kind.RENAMED, act, entry, successors=[school])
        project_names(school)
        entry.note("learning_centers.rename_school", school)
    school.refresh_from_db()
    return school


@transaction.atomic
def merge_schools(predecessors: Sequence[School], draft: SchoolDraft, *, act: Act, by: Any) -> School:
    """Several units end and a new one begins; their learning centres and the units below them belong to it from that day on.

    Raises DomainError `change_not_possible`, `school_exists`.
    """
    if len(predecessors) < 2:
        raise DomainError(_("A merger needs at least two units."), code="change_not_possible")
    institution = _one_institution(predecessors)
    for school in predecessors:
        require(by, "learning_centers.merge_schools", school)
    hold_open_units(predecessors)
    with recording(institution, by=by, reason="learning_centers.merge_schools") as entry:
        successor = _write_school(institution, draft, act, entry)
        _write_event(institution, LineageEvent.Kind.MERGED, act, entry, predecessors, [successor])
        _end_schools(predecessors, act.on.first, entry, successor)
        entry.note("learning_centers.merge_schools", successor)
    return successor


@transaction.atomic
def split_school(school: School, drafts: Sequence[SchoolDraft], *, act: Act, by: Any) -> list[School]:
    """A unit ends and several begin; its centres and the units below it go to the first of them.

    Raises DomainError `change_not_possible`, `school_exists`.
    """
    require(by, "learning_centers.split_school", school)
    hold_open_units([school])
    if len(drafts) < 2:
        raise DomainError(_("A split needs at least two new units."), code="change_not_possible")
    with recording(school.institution, by=by, reason="learning_centers.split_school") as entry:
        successors = [_write_school(school.institution, draft, act, entry) for draft in drafts]
        _write_event(school.institution, LineageEvent.Kind.SPLIT, act, entry, [school], successors)
        _end_schools([school], act.on.first, entry, successors[0])
        entry.note("learning_centers.split_school", school)
    return successors


@transaction.atomic
def change_role(school: School, role: str, *, act: Act, by: Any) -> None:
    """The unit does something else from that day on, say it teaches and no longer supervises (管办分离, docs/rules.md §4.1).
    Raises DomainError `change_not_possible`, `nothing_changes`."""
    require(by, "learning_centers.change_role", school)
    hold_open_units([school])
    require_news(school.roles.all(), act.on.first, role=role)
    with recording(school.institution, by=by, reason="learning_centers.change_role") as entry:
        precision = act.on.precision
        succeed(school.roles.all(), act.on.first, entry.id, school=school, role=role, begin_precision=precision)
        _write_event(school.institution, LineageEvent.Kind.ROLE_CHANGED, act, entry, successors=[school])
        entry.note("learning_centers.change_role", school, role=str(role))


@transaction.atomic
def place_under(school: School, parent: School, *, on: dt.date, by: Any) -> None:
    """Another unit stands above it from that day on. Raises DomainError `change_not_possible`, `nothing_changes`."""
    require(by, "learning_centers.place_under", school)
    _one_institution([school, parent])
    hold_open_units([school, parent])
    require_news(school.parents.all(), on, parent=parent)
    if school.pk in _above(parent, on):
        raise DomainError(_("A unit cannot stand below itself."), code="change_not_possible")
    with recording(school.institution, by=by, reason="learning_centers.place_under") as entry:
        succeed(school.parents.all(), on, entry.id, school=school, parent=parent)
        entry.note("learning_centers.place_under", school)


@transaction.atomic
def close_school(school: School, *, act: Act, by: Any) -> None:
    """Refused with `school_has_centers` while a centre belongs to it on that day or later."""
    require(by, "learning_centers.close_school", school)
    hold_open_units([school])
    lasting = Q(end__isnull=True) | Q(end__gt=act.on.first)
    if CenterPeriod.objects.current().filter(lasting, school=school).exclude(status="revoked").exists():
        raise DomainError(_("Learning centres still belong to this unit."), code="school_has_centers")
    with recording(school.institution, by=by, reason="learning_centers.close_school") as entry:
        _write_event(school.institution, LineageEvent.Kind.CLOSED, act, entry, predecessors=[school])
        _end_schools([school], act.on.first, entry)
        entry.note("learning_centers.close_school", school)


def _write_school(institution: Institution, draft: SchoolDraft, act: Act | None, entry: Any) -> School:
    begin = {"begin": act.on.first, "begin_precision": act.on.precision} if act else {}
    if School.objects.current().filter(institution=institution, code=draft.code).exists():
        raise DomainError(_("A unit with this code exists already."), code="school_exists")
    school = School.objects.create(
        institution=institution,
        code=draft.code,
        kind=draft.kind,
        name=draft.name,
        name_en=draft.name_en,
        recorded_in_id=entry.id,
    )
    known = {"school": school, "recorded_in_id": entry.id}
    SchoolName.objects.create(name=draft.name, name_en=draft.name_en, **known, **begin)
    if draft.role:
        SchoolRole.objects.create(role=draft.role, **known, **begin)
    if draft.parent:
        SchoolParent.objects.create(parent=draft.parent, begin=act.on.first if act else None, **known)
    return school


def _write_event(
    institution: Institution,
    kind: str,
    act: Act,
    entry: Any,
    predecessors: Sequence[School] = (),
    successors: Sequence[School] = (),
) -> None:
    event = LineageEvent.objects.create(
        institution=institution,
        kind=kind,
        on=act.on.first,
        precision=act.on.precision,
        position=act.position,
        approved_by=act.approved_by,
        note=act.note,
        note_en=act.note_en,
        recorded_in_id=entry.id,
    )
    sides = [(Side.PREDECESSOR, school) for school in predecessors] + [(Side.SUCCESSOR, one) for one in successors]
    for side, school in sides:
        LineageLink.objects.create(event=event, school=school, side=side, recorded_in_id=entry.id)


def hold_open_units(schools: Sequence[School]) -> None:
    """What becomes of these units waits for each other, and what is written about them: centres that are opened there too.

    The rows are as they are now. Raises DomainError `change_not_possible` where one is closed.
    """
    wanted = {school.pk: school for school in schools}
    for held in School.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"):
        wanted[held.pk].closed_on = held.closed_on
    ends = [school.closed_on for school in schools if school.closed_on is not None]
    if ends:
        ahead = max(ends) > today(schools[0].institution)
        text = _("It is recorded already that this unit ends on %(day)s.") if ahead else _("This unit is closed.")
        raise DomainError(text % {"day": max(ends).isoformat()}, code="change_not_possible")


def _end_schools(schools: Sequence[School], on: dt.date, entry: Any, successor: School | None = None) -> None:
    """Names, roles and places end on that day; centres and the units below go on under the successor."""
    below = list(SchoolParent.objects.current().on(on).filter(parent__in=schools).exclude(school__in=schools))
    for school in schools:
        for rows in (school.names, school.roles, school.parents, school.children):
            if rows.current().filter(begin__gt=on).exists():
                raise DomainError(_("Something later is already recorded here."), code="change_not_possible")
            for row in rows.current().on(on):
                end_row(row, on, entry.id)
        School.objects.filter(pk=school.pk).update(closed_on=on)
        school.refresh_from_db()
        if successor:
            _hand_over_centers(school, successor, on, entry)
    for row in below:
        if successor and row.school_id not in _above(successor, on):
            SchoolParent.objects.create(
                school=row.school, parent=successor, begin=on, end=row.end, recorded_in_id=entry.id
            )


def _hand_over_centers(school: School, successor: School, on: dt.date, entry: Any) -> None:
    """Every centre that belongs to the unit on that day or comes to it later."""
    lasting = CenterPeriod.objects.current().filter(Q(end__isnull=True) | Q(end__gt=on), school=school)
    concerned = LearningCenter.objects.filter(pk__in=lasting.values("center")).order_by("pk")
    for center in concerned.select_for_update(of=("self",)):
        before = timeline(center)
        write_timeline(center, before, handed_on(before, on, school.pk, successor.pk), entry)


def _above(school: School, on: dt.date) -> set[int]:
    """The unit and all that stand above it on that day or later."""
    found: set[int] = set()
    rising = {school.pk}
    lasting = SchoolParent.objects.current().filter(Q(end__isnull=True) | Q(end__gt=on))
    while rising:
        found |= rising
        rising = set(lasting.filter(school__in=rising).values_list("parent", flat=True)) - found
    return found


def _one_institution(schools: Sequence[School]) -> Institution:
    if len({school.institution_id for school in schools}) != 1:
        raise DomainError(_("These units do not belong to one institution."), code="change_not_possible")
    return schools[0].institution
