"""The dimensions that a figure can be sliced by, each with the SQL that reads it.

`c` is the centre as it was on the day that counts, `v` the programme version, `e` the entry, `f` the facts about the person:
the tables that `reports.facts` joins. Values are the import contract's canonical ones; unknown is null, never left out.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError

AGE_BANDS = (("0-19", 20), ("20-24", 25), ("25-29", 30), ("30-39", 40), ("40-49", 50))
OLDEST_BAND = "50+"


@dataclass(frozen=True)
class Dimension:
    """`source` is the joined table that holds it; `stocks_only`: flows are not sliced by it (docs/rules.md §6.2a)."""

    id: str
    title: Any
    source: str
    expression: str
    stocks_only: bool = False


def _age_band() -> str:
    """By birth dates, since the calendar is asked once a band and not once a person."""
    born_after = "{{f}}.birth_date > (%(as_of)s::date - interval '{years} years')::date"
    cases = " ".join(f"WHEN {born_after.format(years=limit)} THEN '{band}'" for band, limit in AGE_BANDS)
    return f"CASE WHEN {{f}}.birth_date IS NULL THEN NULL {cases} ELSE '{OLDEST_BAND}' END"


_ALL = (
    Dimension("school", _("School, as it was"), "c", "{c}.school"),
    Dimension("school_today", _("School, as organised today"), "c", "{c}.school_today"),
    Dimension("center", _("Learning centre"), "c", "{c}.center"),
    Dimension("province", _("Province"), "c", "{c}.province"),
    Dimension("major", _("Major"), "v", "{v}.major"),
    Dimension("level_path", _("Level path"), "v", "{v}.level_path"),
    Dimension("study_form", _("Study form"), "v", "{v}.study_form"),
    Dimension("sex", _("Sex"), "f", "NULLIF({f}.sex, '')"),
    Dimension("age_band", _("Age"), "f", _age_band(), stocks_only=True),
    Dimension("batch", _("Entry batch"), "e", "{e}.batch"),
)
DIMENSIONS: dict[str, Dimension] = {one.id: one for one in _ALL}

Breakdown = tuple[str, ...]
TOTAL: Breakdown = ()

STANDARD: tuple[Breakdown, ...] = (
    TOTAL,
    ("school",),
    ("center",),
    ("province",),
    ("major",),
    ("level_path",),
    ("study_form",),
    ("sex",),
    ("age_band",),
    ("batch",),
    ("center", "major"),
    ("level_path", "study_form"),
    ("province", "level_path"),
)
"""What the nightly run computes: the total, every dimension, and the cross tables that pages open with."""


def breakdown(names: str | list[str] | tuple[str, ...]) -> Breakdown:
    """`center,sex` or a list of names → a breakdown; raises DomainError `unknown_dimension`."""
    asked = [one.strip() for one in names.split(",")] if isinstance(names, str) else list(names)
    wanted = tuple(dict.fromkeys(one for one in asked if one))
    for one in wanted:
        if one not in DIMENSIONS:
            raise DomainError(_("There is no dimension “%(name)s”.") % {"name": one}, code="unknown_dimension")
    return wanted


def stocks_only(wanted: Breakdown) -> bool:
    return any(DIMENSIONS[one].stocks_only for one in wanted)


def title_of(names: str) -> str:
    """`center,sex` in words."""
    return " × ".join(str(DIMENSIONS[one].title) for one in breakdown(names))
