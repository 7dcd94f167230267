"""From a figure to its records, and from a subject to the rule that leaves it out (docs/rules.md §6.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from common.errors import DomainError
from common.families import Answer, Breakdown, Measure, Question, Slice
from common.wording import labelled, listed
from reporting.reports.facts import fetch, rendered
from reporting.reports.labels import labels


@dataclass(frozen=True)
class Records:
    """The subjects behind a figure. `counted` is the number of rows counted; a subject counted twice (there and back) stands once
    in `subjects`, and one who has moved on to where the user does not see it is counted but not shown."""

    subjects: QuerySet[Any]
    counted: int


def records_behind(question: Question, indicator: str, slice_: Slice, *, user: Any) -> Records:
    """The records of one cell, narrowed to the subjects that the user may see (`Family.verb_to_view`), ordered by key
    for paging: who may read the figures of all does not see all of them by that.

    Ask with `scope=scope_of(user, institution)`. Raises DomainError `unknown_indicator`, `unknown_dimension`.
    """
    family = question.family
    statement, values = _behind(question, indicator, slice_)
    ((counted,),) = fetch(question, f"SELECT count(*) FROM ({statement}) x", **values)
    manager: Any = family.subject._default_manager
    subjects = manager.filter(pk__in=RawSQL(rendered(question, statement, **values), []))
    return Records(subjects.visible_to(user, family.verb_to_view).order_by("pk"), counted)


def _behind(question: Question, indicator: str, slice_: Slice) -> tuple[str, dict[str, Any]]:
    """SELECT of subject_id of the rows of one cell, and its parameters."""
    family = question.family
    measure, dimensions = family.asked_measure(question, indicator), family.breakdown(list(slice_))
    if not family.is_sliced(indicator, dimensions):
        raise DomainError(_("Flows are not sliced by age."), code="unknown_dimension")
    values = {f"slice_{name}": slice_[name] for name in dimensions}
    if measure.crossing:
        return _crossing(question, measure, dimensions), values
    rows = family.rows(question, dimensions, rows_of(measure))
    return f"SELECT subject_id FROM ({rows}) p WHERE {in_slice(dimensions)}", values


def _crossing(question: Question, measure: Measure, dimensions: Breakdown) -> str:
    family = question.family
    assert family.crossings is not None
    assert family.crosses is not None
    conditions = [f"indicator = '{measure.id}'", family.crosses(dimensions), in_slice(dimensions, "own_")]
    return f"SELECT subject_id FROM ({family.crossings(question, dimensions)}) m WHERE {' AND '.join(conditions)}"


def rows_of(measure: Measure) -> list[str]:
    """The measures whose rows stand behind one: of a ratio those of its denominator."""
    return [measure.of[1]] if measure.of else [measure.same_as or measure.id]


def in_slice(dimensions: Breakdown, prefix: str = "") -> str:
    return " AND ".join([f"{prefix}{name} IS NOT DISTINCT FROM %(slice_{name})s" for name in dimensions] or ["TRUE"])


def why_not_counted(subject: Model, question: Question, indicator: str, slice_: Slice | None = None) -> Answer:
    """The rule by which a subject stands in a cell or not. The caller has found it among the visible ones."""
    slice_ = slice_ or {}
    statement, values = _behind(question, indicator, slice_)
    if fetch(question, f"SELECT 1 FROM ({statement}) x WHERE subject_id = %(subject)s", subject=subject.pk, **values):
        return Answer("counted", question.family.sentence("counted"))
    return next(_reasons(subject, question, indicator, slice_))


def _reasons(subject: Any, question: Question, indicator: str, slice_: Slice) -> Iterator[Answer]:
    family = question.family
    yield from family.unseen(subject, question)
    if slice_ and not family.measure[indicator].crossing:
        yield from _other_slice(subject, question, indicator, slice_)
    yield from family.reasons(subject, question, indicator)
    yield Answer("no_such_event", family.sentence("no_such_event"))


def _other_slice(subject: Any, question: Question, indicator: str, slice_: Slice) -> Iterator[Answer]:
    family, dimensions = question.family, tuple(slice_)
    rows = family.rows(question, dimensions, rows_of(family.measure[indicator]))
    found = fetch(
        question,
        f"SELECT {', '.join(dimensions)} FROM ({rows}) x WHERE subject_id = %(subject)s",
        subject=subject.pk,
    )
    for row in found:
        held = {name: value for name, value in zip(dimensions, row, strict=True) if value != slice_[name]}
        shown = listed(
            labelled(family.dimension[name].title, labels(subject.institution, family.dimension[name], [value])[value])
            for name, value in held.items()
        )
        yield Answer("other_slice", family.sentence("other_slice") % {"held": shown}, held)
