"""Rules that guard have bounds that no setting passes, in their declaration and in the database, and nobody changes them alone."""

import pytest
from django.db import IntegrityError, transaction

from common.errors import DomainError
from common.ledger import recording
from common.rules import RULES
from learning_centers.models import RuleSetting
from learning_centers.models.rules import LIGHT_CHANGES, MOST
from learning_centers.rules import rule
from learning_centers.services import Setting, drop_rule, set_rule
from tests.builders import a_user, an_institution, day, the_system
from tests.owning import owner

pytestmark = pytest.mark.django_db
BEYOND = [*((name, most + 1) for name, most in MOST.items()), ("change_without_second_person", ["expel"])]
ALLOWED = [*MOST.items(), ("change_without_second_person", LIGHT_CHANGES)]


def written(name: str, value: object) -> RuleSetting:
    """By somebody who goes round the service."""
    home = an_institution()
    with transaction.atomic(), recording(home, by=the_system(), reason="tests.write") as entry:
        return RuleSetting.objects.create(
            institution=home, name=name, value=value, source="x", recorded_in_id=entry.id
        )  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BEYOND)
def test_beyond_the_bound_neither_service_nor_database_lets_it_pass(name, value):
    with pytest.raises(DomainError) as refusal:
        set_rule(an_institution(), Setting(name, value, "x"), by=the_system())
    assert refusal.value.code == "value_not_possible"
    with pytest.raises(IntegrityError, match="within_bounds"):
        written(name, value)


@pytest.mark.parametrize(("name", "value"), ALLOWED)
def test_up_to_the_bound_it_is_taken(name, value):
    set_rule(an_institution(), Setting(name, value, "x"), by=the_system())
    assert rule(name, an_institution(), on=day("2026-03-01")) == value
    assert RULES[name].guards


def test_what_was_set_before_a_bound_was_drawn_holds_up_to_it_and_can_be_superseded():
    home = an_institution()
    with owner() as cursor:
        for name, _value in ALLOWED:
            cursor.execute(f"ALTER TABLE learning_centers_rulesetting DROP CONSTRAINT rule_{name}_within_bounds")
    rows = [written(name, value) for name, value in [("export_rows_alone", 1_000_000), BEYOND[-1]]]
    assert rule("export_rows_alone", home, on=day("2026-03-01")) == 1000
    assert rule("change_without_second_person", home, on=day("2026-03-01")) == []
    drop_rule(rows[0], by=the_system())
    assert rule("export_rows_alone", home, on=day("2026-03-01")) == 500


@pytest.mark.parametrize("name", ["change_without_second_person", "export_rows_alone", "identity_scans_kept_months",
                                  "correction_needs_province", "reveals_per_hour"])  # fmt: skip
def test_nobody_sets_or_drops_it_alone(name):
    home = an_institution()
    registrar, second = (a_user(who, "learning_centers.set_rule", at=home) for who in ("registrar", "second"))
    setting = Setting(name, RULES[name].default, "x")
    for approved_by in (None, registrar):
        with pytest.raises(DomainError) as refusal:
            set_rule(home, setting, by=registrar, approved_by=approved_by)
        assert refusal.value.code == "second_person"
    row = set_rule(home, setting, by=registrar, approved_by=second)
    with pytest.raises(DomainError) as refusal:
        drop_rule(row, by=registrar)
    assert refusal.value.code == "second_person"
    assert RuleSetting.objects.current().get() == row
