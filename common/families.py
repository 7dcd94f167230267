"""Families of figures: what a line of work counts, declared by its app in `families` and computed by `reporting` alone.

A family names its subject, the SQL of its rows, its dimensions and its measures. The rows of a question are one relation with the
columns `indicator`, `subject_id`, `boundary`, `amount` (1 where rows are counted), one per asked dimension, and `person` where
persons are told apart; runs, tables, drill-down, trends, returns and restatements all read it, so they cannot disagree. How a
measure adds decides its law: counts and sums over slices and unknown make the total; persons do not, a ratio is two integers,
and years are a set.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError

Breakdown = tuple[str, ...]
TOTAL: Breakdown = ()
Slice = dict[str, str | None]
Value = int | list[int]
"""A ratio is the list [numerator, denominator]; everything else is one integer in the measure's smallest unit."""


class Adds(StrEnum):
    """How the values of slices make the value of the total."""

    COUNT = "count"
    """Rows: slices and unknown add up to the total."""
    SUM = "sum"
    """Amounts: likewise."""
    DISTINCT = "distinct"
    """Persons: no slice is larger than the total, and the total is no larger than the sum of the slices."""
    RATIO = "ratio"
    """Two measures beside each other (`Measure.of`); the quotient is taken where it is shown."""
    LONGEST_RUN = "longest_run"
    """Years in a row that have a row: no slice has a longer run than the total."""


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """What figures are sliced by. `source` names the joined table and `expression` is the SQL over it, for the family that joins
    (`enrollment.families.facts`); `stocks_only`: flows are not sliced by it. `labels(institution, values)` gives names to show.
    """

    id: str
    title: Any
    source: str = ""
    expression: str = ""
    stocks_only: bool = False
    labels: Callable[[Any, Collection[str]], Mapping[str, str]] = lambda _institution, _values: {}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """`scale`: decimals of a sum's unit (1 = tenths); `of`: numerator and denominator of a ratio, measures of the same family.

    `crossing`: a boundary counts only where the asked slice differs between its sides, so that the total has none.
    `same_as`: another measure's number under a second name; `within`: one that it never exceeds (persons their attendances).
    """

    id: str
    title: Any
    definition: Any
    adds: Adds = Adds.COUNT
    unit: Any = ""
    scale: int = 0
    of: tuple[str, str] | None = None
    needs_window: bool = False
    crossing: bool = False
    same_as: str = ""
    within: str = ""
    version: int = 1
    section: str = "§6.2"

    @property
    def is_additive(self) -> bool:
        return self.adds in (Adds.COUNT, Adds.SUM) and not self.crossing

    @property
    def nothing(self) -> Value:
        return [0, 0] if self.adds is Adds.RATIO else 0


@dataclass(frozen=True)
class ScopeLevel:
    """A level by which a run can be narrowed: the model that is named, and the path of its code from the scope's rows."""

    model: type[Model]
    path: str


@dataclass(frozen=True)
class Answer:
    """Why a subject is (not) counted: a code, the sentence for people, and what it speaks of."""

    code: str
    sentence: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def is_counted(self) -> bool:
        return self.code == "counted"


@dataclass(frozen=True)
class Question:
    """What is asked: as of a day (and since another, for flows), as known after a recording's number, within a scope.

    `scope`: keys of the family's scope rows that may be counted; None = the whole institution. `context` is what the family
    looked up once for its SQL.
    """

    institution_id: int
    as_of: dt.date
    since: dt.date | None
    known_number: int
    scope: frozenset[int] | None = None
    family_name: str = "degree"
    context: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def family(self) -> "Family":
        return family_named(self.family_name)

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "institution": self.institution_id,
            "as_of": self.as_of,
            "since": self.since,
            "number": self.known_number,
            "scope": sorted(self.scope or ()),
            **self.context,
        }


def _no_context(_institution: Any, _known_number: int) -> Mapping[str, Any]:
    return {}


def _no_reasons(*_asked: Any) -> Iterator[Answer]:
    return iter(())


@dataclass(frozen=True)
class Column:
    """A column of the list of records behind a figure."""

    title: Any
    value: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Family:
    """`subject`: the model of the records behind a figure, with `public_id` and `visible_to`; `number` is the field by which people
    name one, `verb_to_view` the right to see them, `columns` what a list of them shows (`joined` in the same query).

    `tables` are the common tables (SQL after WITH) on which `rows(question, dimensions, measures)` stands, the SELECT of the
    relation; `crossings(question, dimensions)` and `crosses(dimensions)` give those of crossing measures. `series` counts a
    measure that needs no window on many days at once, as (first place, place after the last, value). `evidence` are SELECTs of
    (subject_id, recorded_in_id, superseded_in_id) of every row that the figures read. `unseen` and `reasons` tell why a
    subject is not counted, before and after it was looked for in other slices. `law(slice, values)` raises what else must hold of
    each slice of a window. `leading` measures head a page, `charted` ones are drawn over the years. `sentences` say the
    general answers (`SENTENCES`) in words of its own.
    """

    name: str
    prefix: str
    title: Any
    subject: type[Model]
    number: str
    verb_to_view: str
    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...]
    rows: Callable[[Question, Sequence[str], Collection[str]], str]
    tables: str = ""
    standard: tuple[Breakdown, ...] = (TOTAL,)
    scope_rows: type[Model]
    scope_levels: Mapping[str, ScopeLevel] = field(default_factory=dict)
    context: Callable[[Any, int], Mapping[str, Any]] = _no_context
    crossings: Callable[[Question, Sequence[str]], str] | None = None
    crosses: Callable[[Iterable[str]], str] | None = None
    series: Callable[[Question, str, Sequence[str]], str] | None = None
    evidence: tuple[str, ...] = ()
    unseen: Callable[..., Iterator[Answer]] = _no_reasons
    reasons: Callable[..., Iterator[Answer]] = _no_reasons
    law: Callable[[Slice, Mapping[str, Any]], None] | None = None
    leading: tuple[str, ...] = ()
    charted: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    joined: tuple[str, ...] = ()
    sentences: Mapping[str, Any] = field(default_factory=dict)
    definitions: int = 1
    """Number of this set of definitions; raise it, and the version of what changed, when a figure's meaning changes."""
    measure: Mapping[str, Measure] = field(init=False, repr=False, compare=False)
    dimension: Mapping[str, Dimension] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "measure", {one.id: one for one in self.measures})
        object.__setattr__(self, "dimension", {one.id: one for one in self.dimensions})

    def asked(self, *, with_window: bool) -> tuple[str, ...]:
        """The measures of a question, in the order in which they are shown."""
        return tuple(one.id for one in self.measures if with_window or not one.needs_window)

    def asked_measure(self, question: Question, name: str) -> Measure:
        """Raises DomainError `unknown_indicator` for one that the question does not have."""
        if name not in self.asked(with_window=question.since is not None):
            raise DomainError(_("There is no figure “%(name)s” here.") % {"name": name}, code="unknown_indicator")
        return self.measure[name]

    def breakdown(self, names: str | Sequence[str]) -> Breakdown:
        """`center,sex` or a list of names → a breakdown; raises DomainError `unknown_dimension`."""
        asked = [one.strip() for one in names.split(",")] if isinstance(names, str) else list(names)
        wanted = tuple(dict.fromkeys(one for one in asked if one))
        for one in wanted:
            if one not in self.dimension:
                raise DomainError(_("There is no dimension “%(name)s”.") % {"name": one}, code="unknown_dimension")
        return wanted

    def stocks_only(self, wanted: Breakdown) -> bool:
        return any(self.dimension[one].stocks_only for one in wanted)

    def is_sliced(self, measure: str, wanted: Breakdown) -> bool:
        """Whether a measure has values in this breakdown."""
        return not (self.stocks_only(wanted) and self.measure[measure].needs_window)

    def sentence(self, code: str) -> str:
        """The answer to why something is counted, in the family's own words where it has some."""
        return str(self.sentences.get(code) or SENTENCES[code])

    def title_of(self, names: str) -> str:
        """`center,sex` in words."""
        return " × ".join(str(self.dimension[one].title) for one in self.breakdown(names))


SENTENCES = {
    "counted": _("It is counted here."),
    "other_slice": _("It is counted in another slice (%(held)s)."),
    "no_such_event": _("Nothing of this kind is recorded for it."),
    "no_such_number": _("There is none with this number here."),
    "why_not": _("Why is something not counted?"),
    "otherwise": _("What this version counts otherwise"),
    "by_province": _("By province"),
    "why": _("Why is something counted, or not?"),
    "missing": _("Something is missing here? Ask why."),
    "behind": _(
        "%(seen)s different records of yours stand behind the %(all)s counted; others are elsewhere by now, or are"
        " counted more than once."
    ),
    "total": _("%(total)s records."),
}
_FAMILIES: dict[str, Family] = {}


def register(family: Family) -> Family:
    """Make a family known; its measures bear its prefix. Raises ValueError for a name that is taken."""
    if _FAMILIES.setdefault(family.name, family) is not family:
        raise ValueError(f"family {family.name} is registered twice")
    wrong = [one.id for one in family.measures if not one.id.startswith(family.prefix)]
    if wrong:
        raise ValueError(f"measures of {family.name} without its prefix: {wrong}")
    return family


def forget(family: Family) -> None:
    """For tests, which declare families of their own."""
    del _FAMILIES[family.name]


def family_named(name: str) -> Family:
    """Raises DomainError `unknown_family` for a family that no app has registered."""
    if name not in _FAMILIES:
        raise DomainError(_("There is no family of figures “%(name)s”.") % {"name": name}, code="unknown_family")
    return _FAMILIES[name]


def all_families() -> list[Family]:
    return list(_FAMILIES.values())
