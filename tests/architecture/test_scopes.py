"""Every model says whose rows it holds, and the database keeps rows within one institution."""

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models

from common.access import Own, Public, ScopePath
from common.models import Recorded
from common.querysets import ScopedQuerySet

OURS = {"common", "exchange", "learning_centers", "people", "enrollment", "training", "international", "reporting"}
WITHOUT_A_SCOPE: dict[str, str] = {}
"""Model → reason. Empty is best."""

LEVELS = {
    "institution": "learning_centers.Institution",
    "school": "learning_centers.School",
    "center": "learning_centers.LearningCenter",
    "partner": "learning_centers.Organization",
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def target_of(model: type[models.Model], path: str) -> str:
    """The model at the end of a query path."""
    for name in path.split("__"):
        if name == "pk":
            continue
        field = model._meta.get_field(name)
        model = field.related_model
    return model._meta.label


def faults_of(model: type[models.Model]) -> list[str]:
    scope = getattr(model, "SCOPE", None)
    if not isinstance(scope, ScopePath | Public | Own):
        return ["says no SCOPE"]
    if not isinstance(model._default_manager.all(), ScopedQuerySet):
        return ["has a manager without visible_to"]
    if isinstance(scope, Public):
        return [] if scope.reason else ["is public without a reason"]
    if isinstance(scope, Own):
        return [] if target_of(model, scope.path) == "people.User" else ["its own path leads to no user"]
    wrong = []
    for level, path in ((level, path) for level, paths in scope.levels().items() for path in paths):
        try:
            if target_of(model, path) != LEVELS[level]:
                wrong.append(f"its {level} path leads to {target_of(model, path)}")
        except FieldDoesNotExist:
            wrong.append(f"its {level} path leads nowhere")
    return wrong


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_model_says_whose_rows_it_holds(model):
    if model._meta.label in WITHOUT_A_SCOPE:
        assert faults_of(model), "the exemption is stale"
    else:
        assert faults_of(model) == []


def test_a_model_without_a_scope_or_with_a_wrong_path_is_found():
    class Plain(models.Model):
        class Meta:
            app_label = "common"
            managed = False

    class Misled(models.Model):
        SCOPE = ScopePath(institution="owner", school=("place__school", "place"))
        owner = models.ForeignKey("people.User", models.PROTECT)
        place = models.ForeignKey("learning_centers.LearningCenter", models.PROTECT)
        objects = ScopedQuerySet.as_manager()

        class Meta:
            app_label = "common"
            managed = False

    try:
        assert faults_of(Plain) == ["says no SCOPE"]
        assert faults_of(Misled) == [
            "its institution path leads to people.User",
            "its school path leads to learning_centers.LearningCenter",
        ]
    finally:
        for model in ("plain", "misled"):
            del apps.all_models["common"][model]
        apps.clear_cache()


def has_institution(model: type[models.Model]) -> bool:
    return any(field.name == "institution" for field in model._meta.concrete_fields)


def keys_within_one_institution() -> set[tuple[str, str]]:
    """(table, column) of every foreign key that carries the institution with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
            " WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 AND a.attname <> 'institution_id'"
        )
        return {(table, column) for table, column in cursor.fetchall()}


EXEMPT_FROM_TENANT_KEYS = {
    "recorded_in", "superseded_in",  # a row's recording is opened by the service for the row's institution
    "undoes", "recording", "event",  # within the ledger and the audit trail
}  # fmt: skip


@pytest.mark.django_db
def test_no_row_points_across_institutions():
    guarded = keys_within_one_institution()
    missing = [
        f"{model._meta.db_table}.{field.column}"
        for model in our_models()
        if has_institution(model)
        for field in model._meta.concrete_fields
        if field.is_relation
        and field.name != "institution"
        and field.name not in EXEMPT_FROM_TENANT_KEYS
        and has_institution(field.related_model)
        and (model._meta.db_table, field.column) not in guarded
    ]
    assert missing == []


@pytest.mark.django_db
def test_what_is_recorded_is_kept_by_a_trigger():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname IN"
            " ('keeps_history', 'append_only')"
        )
        guarded = {table for (table,) in cursor.fetchall()}
    assert [model._meta.label for model in our_models() if issubclass(model, Recorded)
            and model._meta.db_table not in guarded] == []  # fmt: skip
