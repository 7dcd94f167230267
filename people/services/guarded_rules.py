"""Rules that guard are set and dropped by two: one asks, another approves (`common.rules.Rule.guards`)."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.db import transaction

from common.rules import RULES
from learning_centers.models import Institution, RuleSetting
from learning_centers.services.rules import Setting, check_setting, drop_rule, same_place, set_rule
from people.models import ApprovalRequest
from people.services.asking import ApprovalKind, Kind, ask_for_approval

SET = "learning_centers.set_rule"
DECIDE = "people.decide_rule"


@transaction.atomic
def set_rule_or_ask(institution: Institution, setting: Setting, *, by: Any) -> RuleSetting | ApprovalRequest:
    """Set the rule, or ask a second person for it if it guards. Raises as `set_rule` does, except for `second_person`."""
    if setting.name not in RULES or not RULES[setting.name].guards or by.is_system:
        return set_rule(institution, setting, by=by)
    check_setting(institution, setting, by=by)
    terms = asdict(setting) | {"begin": _text(setting.begin), "end": _text(setting.end)}
    return ask_for_approval(Kind.SET_RULE, SETTING, _key(setting), terms, institution=institution, by=by)


@transaction.atomic
def drop_rule_or_ask(setting: RuleSetting, *, by: Any) -> ApprovalRequest | None:
    """Drop the setting, or ask a second person for it if the rule guards. Right: `learning_centers.set_rule`."""
    if not RULES[setting.name].guards or by.is_system:
        drop_rule(setting, by=by)
        return None
    terms = {**_place(setting), "setting": setting.pk}
    return ask_for_approval(Kind.DROP_RULE, DROPPING, _key(setting), terms, institution=setting.institution, by=by)


def _place(setting: Setting | RuleSetting) -> dict[str, Any]:
    return {**same_place(setting), "begin": _text(setting.begin)}


def _key(setting: Setting | RuleSetting) -> str:
    return "rule:" + "|".join(str(value or "") for value in _place(setting).values())


def _text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _standing(request: ApprovalRequest) -> RuleSetting | None:
    """The setting that stands in the same place."""
    names = ("name", "school_id", "province_code", "level_path")
    place = {name: request.terms[name] for name in names} | {"begin": _day(request.terms["begin"])}
    return RuleSetting.objects.current().filter(institution=request.institution, **place).first()


def _present(request: ApprovalRequest) -> Any:
    row = _standing(request)
    return row and {"setting": row.pk, "value": row.value, "source": row.source, "end": _text(row.end)}


def _set(request: ApprovalRequest, approved_by: Any) -> str:
    terms = request.terms
    setting = Setting(**{**terms, "begin": _day(terms["begin"]), "end": _day(terms["end"])})
    set_rule(request.institution, setting, by=request.asked_by, approved_by=approved_by)
    return ""


def _drop(request: ApprovalRequest, approved_by: Any) -> str:
    drop_rule(RuleSetting.objects.get(pk=request.terms["setting"]), by=request.asked_by, approved_by=approved_by)
    return ""


SETTING = ApprovalKind(SET, DECIDE, _present, _set)
DROPPING = ApprovalKind(SET, DECIDE, _present, _drop)
