"""The dimensions that a figure can be sliced by, each with the SQL that reads it.

`c` is the centre as it was on the day that counts, `v` the programme version, `e` the entry, `f` the facts about the person:
the tables that `facts` joins. Values are the import contract's canonical ones; unknown is null, never left out.
"""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.families import TOTAL, Breakdown, Dimension
from common.tiles import province_name
from learning_centers.models import LearningCenter, Major, School
from learning_centers.models.institutions import local
from learning_centers.models.majors import LevelPath, StudyForm
from people.models.persons import Sex

AGE_BANDS = (("0-19", 20), ("20-24", 25), ("25-29", 30), ("30-39", 40), ("40-49", 50))
OLDEST_BAND = "50+"


def _age_band() -> str:
    """By birth dates, since the calendar is asked once a band and not once a person."""
    born_after = "{{f}}.birth_date > (%(as_of)s::date - interval '{years} years')::date"
    cases = " ".join(f"WHEN {born_after.format(years=limit)} THEN '{band}'" for band, limit in AGE_BANDS)
    return f"CASE WHEN {{f}}.birth_date IS NULL THEN NULL {cases} ELSE '{OLDEST_BAND}' END"


def _rows(model: Any) -> Any:
    """The code with the present name beside it."""

    def labels(institution: Any, values: Collection[str]) -> dict[str, str]:
        rows = model.objects.current().filter(institution=institution, code__in=values)
        return {code: f"{code} {local(name, en)}" for code, name, en in rows.values_list("code", "name", "name_en")}

    return labels


def _choices(choices: Any) -> Any:
    def labels(_institution: Any, values: Collection[str]) -> dict[str, str]:
        known = dict(choices.choices)
        return {value: str(known[value]) for value in values if value in known}

    return labels


def _provinces(_institution: Any, values: Collection[str]) -> dict[str, str]:
    return {value: province_name(value) for value in values}


def _dimension(id_: str, title: Any, source: str, expression: str, **more: Any) -> Dimension:
    return Dimension(id=id_, title=title, source=source, expression=expression, **more)


ALL = (
    _dimension("school", _("School, as it was"), "c", "{c}.school", labels=_rows(School)),
    _dimension("school_today", _("School, as organised today"), "c", "{c}.school_today", labels=_rows(School)),
    _dimension("center", _("Learning centre"), "c", "{c}.center", labels=_rows(LearningCenter)),
    _dimension("province", _("Province"), "c", "{c}.province", labels=_provinces),
    _dimension("major", _("Major"), "v", "{v}.major", labels=_rows(Major)),
    _dimension("level_path", _("Level path"), "v", "{v}.level_path", labels=_choices(LevelPath)),
    _dimension("study_form", _("Study form"), "v", "{v}.study_form", labels=_choices(StudyForm)),
    _dimension("sex", _("Sex"), "f", "NULLIF({f}.sex, '')", labels=_choices(Sex)),
    _dimension("age_band", _("Age"), "f", _age_band(), stocks_only=True),
    _dimension("batch", _("Entry batch"), "e", "{e}.batch"),
)
DIMENSIONS: dict[str, Dimension] = {one.id: one for one in ALL}

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
