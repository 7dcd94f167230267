"""Setting a rule for an institution, a school, a province or a level path (`learning_centers.rules`)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.ledger import recording
from common.rules import RULES
from learning_centers.models import Institution, RuleSetting


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


def same_place(setting: Setting | RuleSetting) -> dict[str, Any]:
    """What two settings have in common if the later one takes the place of the earlier."""
    return {name: getattr(setting, name) for name in ("name", "begin", "school_id", "province_code", "level_path")}


def check_setting(institution: Institution, setting: Setting, *, by: Any) -> None:
    """Whether the setting could be made by this user, also where it needs a second person. Raises as `set_rule` does."""
    require(by, "learning_centers.set_rule", institution)
    if not setting.source.strip():
        raise DomainError(_("Name the regulation or decision that says so."), code="required")
    try:
        RULES[setting.name].read(setting.value)
    except (KeyError, ValueError) as error:
        raise DomainError(_("This rule cannot have that value."), code="value_not_possible") from error


def _require_second_person(name: str, by: Any, approved_by: Any) -> None:
    guards = name in RULES and RULES[name].guards and not by.is_system
    if guards and (approved_by is None or approved_by.pk == by.pk):
        raise DomainError(_("This rule guards: a second person must let the change through."), code="second_person")


@transaction.atomic
def set_rule(institution: Institution, setting: Setting, *, by: Any, approved_by: Any = None) -> RuleSetting:
    """Set a rule; one for the same place from the same day is superseded. Right: `learning_centers.set_rule`.

    Raises DomainError `value_not_possible` for a value that the rule cannot have, `required` without a source, `second_person`
    for a rule that guards where nobody else has approved it (`people.services.guarded_rules`).
    """
    place = RuleSetting(institution=institution, school_id=setting.school_id)
    check_setting(institution, setting, by=by)
    _require_second_person(setting.name, by, approved_by)
    with recording(institution, by=by, reason="learning_centers.set_rule") as entry:
        RuleSetting.objects.filter(institution=institution, **same_place(setting)).supersede(entry.id)
        for name, value in vars(setting).items():
            setattr(place, name, value)
        place.recorded_in_id = entry.id
        place.save()
        entry.note("learning_centers.set_rule", institution, rule=setting.name)
    return place


@transaction.atomic
def drop_rule(setting: RuleSetting, *, by: Any, approved_by: Any = None) -> None:
    """Go back to what holds without this setting. Right: `learning_centers.set_rule`; raises DomainError `second_person` as
    `set_rule` does."""
    require(by, "learning_centers.set_rule", setting.institution)
    _require_second_person(setting.name, by, approved_by)
    with recording(setting.institution, by=by, reason="learning_centers.drop_rule") as entry:
        RuleSetting.objects.filter(pk=setting.pk).supersede(entry.id)
        entry.note("learning_centers.drop_rule", setting.institution, rule=setting.name)
