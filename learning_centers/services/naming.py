"""What units, institutions and organizations are called today: projections of their dated names and codes, for lists."""

from contextlib import AbstractContextManager
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from common.dates import today
from common.ledger import OpenRecording, recording
from learning_centers.models import (
    Institution,
    InstitutionCode,
    InstitutionName,
    Organization,
    OrganizationName,
    School,
    SchoolName,
)

DATED: tuple[tuple[type[models.Model], type[models.Model], str, dict[str, str]], ...] = (
    (School, SchoolName, "school", {"name": "name", "name_en": "name_en"}),
    (Organization, OrganizationName, "organization", {"name": "name"}),
    (Institution, InstitutionName, "institution", {"name": "name", "name_en": "name_en"}),
    (Institution, InstitutionCode, "institution", {"code": "value"}),
)
"""Model, its dated rows, the field that leads back, and which columns show which of them."""


def project_names(only: models.Model | None = None) -> int:
    """Show what is called otherwise today under its name of today; called with every change, and nightly for those that were
    known ahead: then as a recording of the system user. Returns how many rows were written."""
    written = 0
    for model, rows, back, columns in DATED:
        if only is None or isinstance(only, model):
            for one in _differing(rows, back, columns, only):
                with begun_day(_institution_of(getattr(one, back))):
                    written += _show(model, one, back, columns)
    return written


def begun_day(institution: Institution) -> AbstractContextManager[OpenRecording]:
    """The recording of what a day that has begun changes by itself; within a service's own recording, that one."""
    by = get_user_model()._default_manager.system()
    return recording(institution, by=by, reason="learning_centers.begin_day")


def _institution_of(owner: Any) -> Institution:
    return owner if isinstance(owner, Institution) else owner.institution


def _differing(rows: Any, back: str, columns: dict[str, str], only: models.Model | None) -> Any:
    same = models.Q(**{source: models.F(f"{back}__{column}") for column, source in columns.items()})
    found = rows.objects.current().filter(**({back: only} if only else {})).exclude(same).select_related(back)
    if rows is InstitutionCode:
        found = found.filter(scheme=InstitutionCode.Scheme.NATIONAL)
    return [one for one in found if _holds_today(one, getattr(one, back))]


def _holds_today(row: Any, owner: Any) -> bool:
    day = today(_institution_of(owner))
    return (row.begin is None or row.begin <= day) and (row.end is None or day < row.end)


def _show(model: Any, row: Any, back: str, columns: dict[str, str]) -> int:
    values = {column: getattr(row, source) for column, source in columns.items()}
    return model.objects.filter(pk=getattr(row, f"{back}_id")).update(**values)
