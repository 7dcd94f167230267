"""From a figure to its records, and from a student to the rule that leaves the student out (docs/rules.md §6.5)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.wording import labelled, listed
from enrollment.models import Student, StudentChange, StudentPeriod
from enrollment.models.changes import ChangeKind
from reporting.dimensions import DIMENSIONS, breakdown, stocks_only
from reporting.indicators import INDICATORS, Indicator, Kind
from reporting.reports.facts import Question, crosses, fetch, moved, plain, rendered
from reporting.reports.labels import labels

Slice = dict[str, str | None]


@dataclass(frozen=True)
class Records:
    """The students behind a figure. `counted` is the figure itself; a student counted twice (there and back) stands once
    in `students`, and one who has moved on to a centre that the user does not see is counted but not shown."""

    students: QuerySet[Student]
    counted: int


def records_behind(question: Question, indicator: str, slice_: Slice, *, user: Any) -> Records:
    """The records of one cell, narrowed to the students whom the user may see (`enrollment.view_students`), ordered by key
    for paging: who may read the figures of all does not see all of them by that.

    Ask with `centers=scope_of(user, institution)`. Raises DomainError `unknown_indicator`, `unknown_dimension`.
    """
    statement, values = _behind(question, indicator, slice_)
    ((counted,),) = fetch(question, f"SELECT count(*) FROM ({statement}) x", **values)
    students = Student.objects.filter(pk__in=RawSQL(rendered(question, statement, **values), []))
    return Records(students.visible_to(user, "enrollment.view_students").order_by("pk"), counted)


def _behind(question: Question, indicator: str, slice_: Slice) -> tuple[str, dict[str, Any]]:
    """SELECT of student_id of the facts of one cell, and its parameters."""
    one = _indicator(question, indicator)
    dimensions = breakdown(list(slice_))
    if stocks_only(dimensions) and one.in_flow_table:
        raise DomainError(_("Flows are not sliced by age."), code="unknown_dimension")
    values = {f"slice_{name}": slice_[name] for name in dimensions}
    if one.kind in (Kind.MOVED_IN, Kind.MOVED_OUT):
        own = [f"own_{name} IS NOT DISTINCT FROM %(slice_{name})s" for name in dimensions]
        conditions = " AND ".join([f"indicator = '{one.id}'", crosses(dimensions), *own])
        return f"SELECT student_id FROM ({moved(question, dimensions)}) m WHERE {conditions}", values
    conditions = " AND ".join([f"{name} IS NOT DISTINCT FROM %(slice_{name})s" for name in dimensions] or ["TRUE"])
    return f"SELECT student_id FROM ({plain(question, dimensions, [one.id])}) p WHERE {conditions}", values


def _indicator(question: Question, name: str) -> Indicator:
    one = INDICATORS.get(name)
    if one is None or (one.needs_window and question.since is None):
        raise DomainError(_("There is no figure “%(name)s” here.") % {"name": name}, code="unknown_indicator")
    return one


@dataclass(frozen=True)
class Answer:
    """Why a student is (not) counted: a code, the sentence for people, and what it speaks of."""

    code: str
    sentence: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def is_counted(self) -> bool:
        return self.code == "counted"


def why_not_counted(student: Student, question: Question, indicator: str, slice_: Slice | None = None) -> Answer:
    """The rule by which a student stands in a cell or not. The caller has found the student among the visible ones."""
    slice_ = slice_ or {}
    one = _indicator(question, indicator)
    statement, values = _behind(question, indicator, slice_)
    if fetch(question, f"SELECT 1 FROM ({statement}) x WHERE student_id = %(student)s", student=student.pk, **values):
        return Answer("counted", _("The student is counted here."))
    return next(_reasons(student, question, one, slice_))


def _reasons(student: Student, question: Question, one: Indicator, slice_: Slice) -> Iterator[Answer]:
    periods = list(StudentPeriod.objects.filter(student=student).known_at(question.known_number).order_by("position"))
    if not periods:
        yield _unknown(student, question)
    if question.centers is not None and not any(period.center_id in question.centers for period in periods):
        yield Answer("outside_scope", _("The student never studied at a centre within your scope."))
    if slice_ and one.kind not in (Kind.MOVED_IN, Kind.MOVED_OUT):
        yield from _other_slice(student, question, one, slice_)
    yield from _about_stock(periods, question, one) if one.kind is Kind.STOCK else _about_flow(periods, question, one)


def _unknown(student: Student, question: Question) -> Answer:
    every = StudentPeriod.objects.filter(student=student)
    first = every.order_by("recorded_in__number").values_list("recorded_in__number", "recorded_in__instant").first()
    if first and first[0] > question.known_number:
        return Answer(
            "not_known_then",
            _("Nothing was known of the student then; the first record was made at %(instant)s.")
            % {"instant": first[1].isoformat()},
            {"instant": first[1]},
        )
    return Answer("voided", _("The student's record was taken back."))


def _other_slice(student: Student, question: Question, one: Indicator, slice_: Slice) -> Iterator[Answer]:
    dimensions = list(slice_)
    columns = ", ".join(dimensions)
    rows = fetch(
        question,
        f"SELECT {columns} FROM ({plain(question, dimensions, [one.id])}) x WHERE student_id = %(student)s",
        student=student.pk,
    )
    for row in rows:
        held = {name: value for name, value in zip(dimensions, row, strict=True) if value != slice_[name]}
        shown = listed(
            labelled(DIMENSIONS[name].title, labels(student.institution, name, [value])[value])
            for name, value in held.items()
        )
        yield Answer("other_slice", _("The student is counted in another slice (%(held)s).") % {"held": shown}, held)


def _about_stock(periods: list[StudentPeriod], question: Question, one: Indicator) -> Iterator[Answer]:
    day = question.since if one.day == "since" else question.as_of
    assert day is not None
    if periods[0].begin > day:
        yield _dated("entered_later", _("The student entered later, on %(on)s."), periods[0].begin)
    for period in periods:
        if period.begin <= day and (period.end is None or period.end > day):
            if period.state == one.state:
                yield Answer("outside_scope", _("On that day the student was at a centre outside of your scope."))
            elif period.state == "suspended":
                yield _dated("suspended", _("The student has been suspended since %(on)s."), period.begin)
            else:
                yield _dated("active", _("The student has been active, not suspended, since %(on)s."), period.begin)
    last = [period for period in periods if period.begin <= day][-1]
    assert last.end is not None
    sentence = _("The student had left before (%(kind)s); the first day not counted was %(on)s.")
    yield _dated("left_before", sentence, last.end, kind=_label(last.ended_by))


def _about_flow(periods: list[StudentPeriod], question: Question, one: Indicator) -> Iterator[Answer]:
    inwards = one.kind in (Kind.IN, Kind.MOVED_IN, Kind.MOVED_OUT)
    for period in periods:
        cause, boundary = (period.begun_by, period.begin) if inwards else (period.ended_by, period.end)
        if cause not in one.causes or boundary is None:
            continue
        assert question.since is not None
        if not question.since < boundary <= question.as_of:
            sentence = _("It happened outside of the window (%(kind)s); the boundary is %(on)s.")
            yield _dated("outside_window", sentence, boundary, kind=_label(cause))
        elif period.state == "suspended":
            sentence = _("The student left while suspended (%(kind)s, %(on)s): that is no flow of the stock.")
            yield _dated("left_while_suspended", sentence, boundary, kind=_label(cause))
        elif one.kind in (Kind.MOVED_IN, Kind.MOVED_OUT):
            yield _dated("same_slice", _("The move of %(on)s did not lead into or out of this slice."), boundary)
        else:
            yield Answer("outside_scope", _("It happened at a centre outside of your scope."))
    if one.id == "deg.graduates" and any(period.ended_by == ChangeKind.COMPLETE for period in periods):
        known = StudentChange.objects.filter(student_id=periods[0].student_id, kind=ChangeKind.GRADUATE)
        if known.known_at(question.known_number).exists():
            sentence = _("The diploma came after a completion; the student had left the stock before.")
            yield Answer("diploma_after_completion", sentence)
    if one.kind is Kind.IN and periods[0].begun_by not in one.causes:
        sentence = _("The student came otherwise (%(kind)s, %(on)s).")
        yield _dated("came_otherwise", sentence, periods[0].begin, kind=_label(periods[0].begun_by))
    yield Answer("no_such_event", _("Nothing of this kind is recorded for the student."))


def _dated(code: str, sentence: str, on: Any, **details: Any) -> Answer:
    return Answer(code, sentence % {"on": on.isoformat(), **details}, {"on": on, **details})


def _label(cause: str) -> str:
    try:
        return str(ChangeKind(cause).label)
    except ValueError:
        return _("transfer in") if cause == "transfer_in" else _("new admission")
