"""The application's role owns no table and switches nothing off; no table lets itself be emptied, not even by its owner."""

import re

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from ceportal import checks
from ceportal.owning import application_role, is_separate, make_application_role, protect_tables
from tests.owning import owner

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not is_separate(), reason="TEST_DATABASE_URL names one role for everything"),
]
KEEPS_HISTORY = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
 WHERE proname IN ('ceportal_append_only', 'ceportal_superseded_once', 'ceportal_no_delete')
"""
TABLES = (
    "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
)
REFUSES_TRUNCATE = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'no_truncate' AND tgenabled = 'O'"


def names(query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall()}


def test_every_table_refuses_to_be_emptied():
    assert names(TABLES) - names(REFUSES_TRUNCATE) == set()
    assert {"common_recording", "common_auditevent", "reporting_frozenreturn"} <= names(KEEPS_HISTORY)


def test_a_table_without_the_guard_is_noticed_and_given_it():
    with owner() as cursor:
        cursor.execute("CREATE TABLE brought_later (id int)")
    assert names(TABLES) - names(REFUSES_TRUNCATE) == {"brought_later"}
    with owner():
        protect_tables()
    assert names(TABLES) - names(REFUSES_TRUNCATE) == set()


@pytest.mark.parametrize("table", ["common_auditevent", "common_ledgerhead", "people_user"])
def test_the_owner_is_refused_too(table):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        with pytest.raises(IntegrityError, match="never emptied"):
            cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE common_auditevent CASCADE",
        "ALTER TABLE common_auditevent DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON common_recording",
        "DROP TABLE common_auditseal",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION ceportal_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TABLE one_of_mine (id int)",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('common', '9999', now())",
        "CREATE ROLE another SUPERUSER",
        "COPY common_auditevent TO PROGRAM 'cat'",
    ],
)
def test_the_application_is_not_allowed(statement):
    with pytest.raises(ProgrammingError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert re.match("permission denied|must be (owner|superuser)", str(refusal.value))


def test_the_application_may_ask_the_planner_to_look():
    """Not done here: numbers about empty tables would mislead the planner in every later test (decision 0005)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege(%s, 'ceportal_analyze()', 'EXECUTE')", [application_role()])
        assert cursor.fetchone() == (True,)


def test_what_the_application_owned_is_taken_over():
    with owner() as cursor:
        cursor.execute(f'ALTER TABLE common_recording OWNER TO "{application_role()}"')
        cursor.execute(f'ALTER FUNCTION ceportal_append_only() OWNER TO "{application_role()}"')
    assert [message.id for message in checks.application_owns_no_table(None)] == ["ceportal.W031"]
    with owner():
        make_application_role()
        protect_tables()
    assert list(checks.application_owns_no_table(None)) == []
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION ceportal_append_only() CASCADE")


def test_a_superuser_is_warned_of():
    with owner():
        found = list(checks.application_owns_no_table(None))
    assert [message.id for message in found] == ["ceportal.W031"]
