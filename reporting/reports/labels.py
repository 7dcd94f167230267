"""Names of slice values for people: the code stays, the name stands beside it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from common.batches import batch_label
from common.tiles import province_name
from learning_centers.models import Institution, LearningCenter, Major, School
from learning_centers.models.institutions import local
from learning_centers.models.majors import LevelPath, StudyForm
from people.models.persons import Sex

CHOICES: dict[str, Any] = {"level_path": LevelPath, "study_form": StudyForm, "sex": Sex}
ROWS: dict[str, Any] = {"center": LearningCenter, "major": Major, "school": School, "school_today": School}


def labels(institution: Institution, dimension: str, values: Iterable[str | None]) -> dict[str | None, str]:
    """The label of each canonical value of a dimension; None is "unknown"."""
    wanted = set(values)
    named: dict[str | None, str] = {value: str(value) for value in wanted} | {None: _("unknown")}
    if dimension in CHOICES:
        known = dict(CHOICES[dimension].choices)
        named |= {value: str(known[value]) for value in wanted if value in known}
    elif dimension == "entry_batch":
        named |= {value: batch_label(value) for value in wanted if value}
    elif dimension == "province":
        named |= {value: province_name(value) for value in wanted if value}
    elif dimension in ROWS:
        rows = (
            ROWS[dimension].objects.current().filter(institution=institution, code__in=[one for one in wanted if one])
        )
        for code, name, name_en in rows.values_list("code", "name", "name_en"):
            named[code] = f"{code} {local(name, name_en)}"
    return named
