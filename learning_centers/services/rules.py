"""Setting a rule for an institution, a school, a province or a level path (`learning_centers.rules`)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.ledger import recording
from learning_centers.models import Institution, RuleSetting
from learning_centers.rules import RULES


@dataclass(frozen=True)
class Setting:
    name: str
    value: Any
    source: str
    begin: dt.date | None = None
    end: dt.date | None = None
    school_id: int | None = None
    province_code: str = ""
    level_path: str = ""


@transaction.atomic
def set_rule(institution: Institution, setting: Setting, *, by: Any) -> RuleSetting:
    """Set a rule; one for the same place from the same day is superseded. Right: `learning_centers.set_rule`.

    Raises DomainError `value_not_possible` for a value that the rule cannot have, `required` without a source.
    """
    place = RuleSetting(institution=institution, school_id=setting.school_id)
    require(by, "learning_centers.set_rule", institution)
    if not setting.source.strip():
        raise DomainError(_("Name the regulation or decision that says so."), code="required")
    try:
        RULES[setting.name].read(setting.value)
    except (KeyError, ValueError) as error:
        raise DomainError(_("This rule cannot have that value."), code="value_not_possible") from error
    with recording(institution, by=by, reason="learning_centers.set_rule") as entry:
        same = {name: getattr(setting, name) for name in ("name", "begin", "school_id", "province_code", "level_path")}
        RuleSetting.objects.filter(institution=institution, **same).supersede(entry.id)
        for name, value in vars(setting).items():
            setattr(place, name, value)
        place.recorded_in_id = entry.id
        place.save()
        entry.note("learning_centers.set_rule", institution, rule=setting.name)
    return place


@transaction.atomic
def drop_rule(setting: RuleSetting, *, by: Any) -> None:
    """Go back to what holds without this setting. Right: `learning_centers.set_rule`."""
    require(by, "learning_centers.set_rule", setting.institution)
    with recording(setting.institution, by=by, reason="learning_centers.drop_rule") as entry:
        RuleSetting.objects.filter(pk=setting.pk).supersede(entry.id)
        entry.note("learning_centers.drop_rule", setting.institution, rule=setting.name)
