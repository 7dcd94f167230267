import datetime as dt

import pytest

from common.errors import DomainError, NotAllowed
from common.rules import RULES
from enrollment.requests.models.requests import FACT_NAMES, REQUEST_KINDS
from learning_centers.models import RuleSetting
from learning_centers.rules import rule
from learning_centers.services import Setting, drop_rule, set_rule
from tests.builders import a_user, an_institution

DAY = dt.date(2026, 3, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return an_institution()


@pytest.fixture
def registrar(institution):
    return a_user("registrar", "learning_centers.set_rule", at=institution)


def late(institution, **where):
    return rule("late_arrival_days", institution, on=DAY, **where)


def test_without_a_setting_the_shipped_rule_holds():
    assert late(an_institution()) == 14


def test_the_narrowest_setting_wins(registrar, institution):
    for value, where in [(20, {}), (30, {"province_code": "430000"}), (25, {"level_path": "jc_to_ba"})]:
        set_rule(institution, Setting("late_arrival_days", value, "校发〔2026〕1号", **where), by=registrar)
    assert late(institution) == 20
    assert late(institution, province_code="430000", level_path="jc_to_ba") == 30
    assert late(institution, level_path="jc_to_ba") == 25


def test_a_rule_holds_on_its_days_only(registrar, institution):
    set_rule(institution, Setting("late_arrival_days", 7, "2027 plan", begin=dt.date(2027, 1, 1)), by=registrar)
    assert late(institution) == 14
    assert rule("late_arrival_days", institution, on=dt.date(2027, 3, 1)) == 7


def test_setting_again_supersedes_and_dropping_goes_back(registrar, institution):
    set_rule(institution, Setting("late_arrival_days", 7, "a"), by=registrar)
    again = set_rule(institution, Setting("late_arrival_days", 8, "b"), by=registrar)
    assert late(institution) == 8
    drop_rule(again, by=registrar)
    assert late(institution) == 14
    assert RuleSetting.objects.filter(institution=institution).count() == 2


@pytest.mark.parametrize(("name", "value"), [("late_arrival_days", -1), ("late_arrival_days", "many"),
                                             ("transfer_months", ["13"]), ("no_such_rule", 1),
                                             ("prior_diploma_verified", 1), ("late_arrival_days", True)])  # fmt: skip
def test_a_value_that_the_rule_cannot_have_is_refused(registrar, institution, name, value):
    with pytest.raises(DomainError) as refusal:
        set_rule(institution, Setting(name, value, "x"), by=registrar)
    assert refusal.value.code == "value_not_possible"


def test_nobody_without_the_right_sets_rules(institution):
    with pytest.raises(NotAllowed):
        set_rule(
            institution, Setting("late_arrival_days", 7, "x"), by=a_user("guest", "people.view_persons", at=institution)
        )


@pytest.mark.parametrize("name", RULES)
def test_every_shipped_default_is_a_value_of_its_rule(name):
    assert RULES[name].read(RULES[name].default) == RULES[name].default


def test_changes_and_facts_are_those_that_can_be_asked_for():
    assert dict(REQUEST_KINDS) == RULES["change_needs_evidence"].choices
    assert RULES["correction_needs_province"].choices == FACT_NAMES
