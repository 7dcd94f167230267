"""The habits that keep each institution's rows apart, so that one can be moved, split off or stored elsewhere.

They are read from the database's own catalogue. What does not keep one stands in `EXEMPT` with its reason (docs/decisions/0086).
"""

import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader

from common.access import Own, Public
from tests.architecture.sources import APPS
from tests.owning import owner

OF_NO_INSTITUTION = {
    "learning_centers_institution": "the institutions themselves",
    "people_user": "an account may have memberships at several institutions",
}
"""Table → reason. Tables of other packages, public ones and those of one account are known by their `SCOPE`."""

LATER = "from before the habit; it still waits for its institution"
WITHIN_PLAN = (
    "the provincial plan is kept by `require_within_plans` under its lock; this is the second guard, for writers in SQL"
)
ONE_TO_ONE = "Django makes it unique by itself, and the key beside it carries the institution"
EXEMPT: dict[str, dict[str, str]] = {
    "institution": {
        "common_auditevent": "who signs in is of no institution, nor is what the installation does by itself",
        "common_auditseal": "the events of no institution have a chain of their own",
        "exchange_importbatch": "whose file it is may be known from its rows only",
        "exchange_job": "the work of the clock is of no institution",
        "exchange_importissue": "a remark on a batch, which may have none",
        "exchange_overwrite": LATER,
        "exchange_restoredrow": LATER,
        "exchange_rowreview": "a row of a batch, which may have none",
        "exchange_stagedchunk": "rows of a batch, which may have none",
        "learning_centers_agreementversion": LATER,
        "learning_centers_centeragreement": LATER,
        "learning_centers_centerfiling": LATER,
        "learning_centers_filedmajor": LATER,
        "learning_centers_lineagelink": LATER,
        "learning_centers_organizationname": LATER,
        "learning_centers_schoolname": LATER,
        "learning_centers_schoolparent": LATER,
        "learning_centers_schoolrole": LATER,
        "reporting_returndifference": LATER,
        "reporting_slicefigures": LATER,
    },
    "unique": {
        "agreement_version_once": LATER,
        "center_agreement_once": LATER,
        "common_auditseal_event_id_key": ONE_TO_ONE,
        "enrollment_application_student_id_key": ONE_TO_ONE,
        "filed_major_once_a_day": LATER,
        "institution_code_held_by_one": "a code is held by one institution in the whole country",
        "job_once_at_a_time": "jobs of the clock have no institution, and their keys name the record",
        "lineage_link_once": LATER,
        "organization_has_one_name_a_day": LATER,
        "reporting_frozenreturn_restates_id_key": ONE_TO_ONE,
        "restored_row_once": LATER,
        "return_difference_once": LATER,
        "row_review_once": LATER,
        "school_has_one_name_a_day": LATER,
        "school_has_one_parent_a_day": LATER,
        "school_role_once_a_day": LATER,
        "slice_figures_once": LATER,
        "staged_chunk_once": LATER,
    },
    "triggers": {
        "common_recording.in_order": "the numbers of one ledger follow upon each other, whoever writes them",
        "enrollment_admissionplace.within_plan": WITHIN_PLAN,
        "enrollment_provincialplan.plan_holds": WITHIN_PLAN,
        "learning_centers_centerperiod.within_plan": WITHIN_PLAN,
        "reporting_slicefigures.done_stays": "figures come before their run is done, and none after it",
    },
    "functions": {},
    "statements": dict.fromkeys(
        (
            "common.0005_append_only",
            "common.0007_chains_of_recordings",
            "enrollment.0006_places_are_kept",
            "enrollment.0011_places_count_where_the_centre_is",
            "people.0009_requests_for_approval",
            "people.0010_sessions_end_with_a_deactivation",
            "reporting.0004_returns_are_kept",
            "reporting.0005_runs_are_kept",
        ),
        "it has run already, and what is on main is never edited",
    ),
}


def rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def tenant_tables() -> set[str]:
    """Tables whose rows belong to institutions."""
    models = [model for model in apps.get_models() if model._meta.app_label in APPS]
    owned = {model._meta.db_table for model in models if not isinstance(model.SCOPE, Public | Own)}
    return owned - OF_NO_INSTITUTION.keys()


def without_institution() -> set[str]:
    """Tenant tables that lack the institution, or may leave it empty."""
    named = rows(
        "SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'institution_id' AND attnotnull AND attnum > 0"
    )
    return tenant_tables() - {table for (table,) in named}


def unique_across_institutions() -> set[str]:
    """Unique and exclusion constraints that do not begin with the institution."""
    keys = rows(
        "SELECT x.indrelid::regclass::text, x.indexrelid::regclass::text, pg_get_indexdef(x.indexrelid, 1, true)"
        " FROM pg_index x WHERE (x.indisunique OR x.indisexclusion) AND NOT x.indisprimary"
    )
    tables = tenant_tables()
    return {key for table, key, first in keys if table in tables and first not in ("institution_id", "public_id")}


OURS = """
FROM pg_proc f WHERE f.pronamespace = current_schema()::regnamespace
 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')
"""


def triggers_that_look_around() -> set[str]:
    """Triggers whose function names a table or another function of ours: it looks at more than the row that is written."""
    names = {name for (name,) in rows(f"SELECT f.proname {OURS}")} | set(connection.introspection.table_names())
    triggers = rows(
        "SELECT t.tgrelid::regclass::text, t.tgname, f.prosrc FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal"
    )
    return {f"{table}.{name}" for table, name, body in triggers if names & set(re.findall(r"\w+", body))}


def functions_without_a_search_path() -> set[str]:
    """Functions in which a name means whatever the caller's search path makes of it."""
    found = rows(f"SELECT f.proname, f.proconfig {OURS}")
    return {name for name, settings in found if not any(one.startswith("search_path=") for one in settings or [])}


def statements_in(sql: object) -> int:
    """How many statements an SQL text holds; a body in dollar quotes is part of its statement."""
    text = re.sub(r"\$(\w*)\$.*?\$\1\$|'[^']*'|--[^\n]*", "", sql, flags=re.DOTALL) if isinstance(sql, str) else ""
    return sum(bool(part.strip()) for part in text.split(";"))


def migrations_of_many_statements() -> set[str]:
    """Migrations in which a RunSQL holds several statements: some servers prepare each and refuse."""
    loaded = MigrationLoader(None).disk_migrations
    return {
        f"{app}.{name}"
        for (app, name), migration in loaded.items()
        if app in APPS
        and any(
            max(statements_in(one.sql), statements_in(one.reverse_sql)) > 1
            for one in migration.operations
            if isinstance(one, migrations.RunSQL)
        )
    }


HABITS: dict[str, Callable[[], set[str]]] = {
    "institution": without_institution,
    "unique": unique_across_institutions,
    "triggers": triggers_that_look_around,
    "functions": functions_without_a_search_path,
    "statements": migrations_of_many_statements,
}


@pytest.mark.django_db
@pytest.mark.parametrize("habit", HABITS)
def test_every_table_keeps_the_habit(habit):
    assert sorted(HABITS[habit]() - EXEMPT[habit].keys()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("habit", HABITS)
def test_no_exemption_is_stale(habit):
    assert sorted(EXEMPT[habit].keys() - HABITS[habit]()) == []
    assert all(EXEMPT[habit].values())


PLANTED = {
    "institution": ("ALTER TABLE people_person ALTER institution_id DROP NOT NULL", "people_person"),
    "unique": ("CREATE UNIQUE INDEX planted ON people_person (pinyin)", "planted"),
    "triggers": (
        """
        CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM 1 FROM people_user; RETURN NEW; END';
        CREATE TRIGGER planted BEFORE INSERT ON people_person FOR EACH ROW EXECUTE FUNCTION planted();
        """,
        "people_person.planted",
    ),
    "functions": ("CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'", "planted"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("habit", PLANTED)
def test_a_planted_fault_is_named(habit):
    statement, name = PLANTED[habit]
    with owner() as cursor:
        cursor.execute(statement)
        assert name in HABITS[habit]()


def test_statements_are_counted_and_bodies_are_not():
    assert statements_in("CREATE FUNCTION f() AS $$ BEGIN a; b; END $$;") == 1
    assert statements_in("DROP TRIGGER t ON x; DROP FUNCTION f()") == 2
    assert statements_in("SELECT ';'") == 1
