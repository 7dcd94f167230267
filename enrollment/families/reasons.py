"""Why a student is not counted: the rule that leaves the student out of a figure (docs/rules.md §6.5)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from common.families import Answer, Question
from enrollment.families.indicators import INDICATORS, Indicator, Kind
from enrollment.records.models.changes import ChangeKind, StudentChange
from enrollment.records.models.students import Student, StudentPeriod


def unseen(student: Student, question: Question) -> Iterator[Answer]:
    """Nothing was known of the student then, or nothing is within the scope."""
    periods = _periods(student, question)
    if not periods:
        yield _unknown(student, question)
    if question.scope is not None and not any(period.center_id in question.scope for period in periods):
        yield Answer("outside_scope", _("The student never studied at a centre within your scope."))


def reasons(student: Student, question: Question, measure: str) -> Iterator[Answer]:
    periods, one = _periods(student, question), INDICATORS[measure]
    yield from _about_stock(periods, question, one) if one.kind is Kind.STOCK else _about_flow(periods, question, one)


def _periods(student: Student, question: Question) -> list[StudentPeriod]:
    return list(StudentPeriod.objects.filter(student=student).known_at(question.known_number).order_by("position"))


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
