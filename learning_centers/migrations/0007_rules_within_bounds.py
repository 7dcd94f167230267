"""Rules that guard have bounds in the database too. NOT VALID: what was set beyond them before stays known and can be
superseded; until then it holds up to the bound (`Rule.hold`)."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

MOST = {
    "export_rows_alone": 1000, "identity_scans_kept_months": 36, "number_searches_per_hour": 300,
    "number_checks_per_hour": 600, "reveals_per_hour": 200, "listed_per_hour": 10_000, "printed_per_hour": 2000,
}  # fmt: skip
LIGHT = ["suspend", "resume", "change_major", "change_center", "change_form", "repeat_year"]
BOUNDS = {name: models.Q(value__lte=most) for name, most in MOST.items()}
BOUNDS["change_without_second_person"] = models.Q(value__contained_by=LIGHT)


def bound(name: str, condition: models.Q) -> AddConstraintNotValid:
    constraint = models.CheckConstraint(
        condition=models.Q(superseded_in__isnull=False) | ~models.Q(name=name) | condition,
        name=f"rule_{name}_within_bounds",
        violation_error_message="This rule cannot have that value.",
    )
    return AddConstraintNotValid("rulesetting", constraint)


class Migration(migrations.Migration):
    dependencies = [("common", "0006_names_of_their_time"), ("learning_centers", "0006_rules_are_kept")]
    operations = [bound(name, condition) for name, condition in BOUNDS.items()]
