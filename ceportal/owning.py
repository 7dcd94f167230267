"""The owner of the tables migrates; the application's role reads and writes rows, and can switch nothing off.

What the owner does after each migration: every table refuses TRUNCATE, the application's role owns nothing and has the rights
on rows. See docs/decisions/0068.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.conf import settings
from django.db import connections, transaction
from psycopg2 import sql

from ceportal.stores.roles import ensure_role

SIGN_IN = ("USER", "PASSWORD", "HOST", "PORT")

# ANALYZE belongs to owners: who has loaded a table asks for it by this function.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION ceportal_no_truncate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION ceportal_analyze() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    ANALYZE;
END $$;
REVOKE ALL ON FUNCTION ceportal_analyze() FROM PUBLIC;
"""
REFUSE_TRUNCATE = """
DO $$
DECLARE one regclass;
BEGIN
    FOR one IN
        SELECT oid FROM pg_class
         WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'no_truncate')
    LOOP
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s EXECUTE FUNCTION ceportal_no_truncate()', one);
    END LOOP;
END $$;
"""
# What an earlier version let the application's role own; sequences follow their tables, extensions keep what is theirs.
OWNED_BY = """
SELECT format('ALTER TABLE %%s OWNER TO CURRENT_USER', oid::regclass) FROM pg_class
 WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = 'public'::regnamespace AND relowner = to_regrole(%(role)s)
UNION ALL
SELECT format('ALTER ROUTINE %%s OWNER TO CURRENT_USER', oid::regprocedure) FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace AND proowner = to_regrole(%(role)s)
   AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
UNION ALL
SELECT format('ALTER DATABASE %%I OWNER TO CURRENT_USER', datname) FROM pg_database
 WHERE datname = current_database() AND datdba = to_regrole(%(role)s)
"""
GRANTS = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT EXECUTE ON FUNCTION ceportal_analyze() TO {role};
"""


def application_role() -> str:
    return unquote(urlsplit(settings.DATABASE_URL).username or "")


def is_separate() -> bool:
    """Whether another role than the application's owns the tables."""
    return application_role() != unquote(urlsplit(settings.MIGRATE_DATABASE_URL).username or "")


@contextmanager
def as_owner(alias: str = "default") -> Iterator[None]:
    """The connection signs in as the owner of the tables (`MIGRATE_DATABASE_URL`), on the same database as before.

    Not inside a transaction: the connection is closed before and after.
    """
    connection = connections[alias]
    before = {name: connection.settings_dict[name] for name in SIGN_IN}
    owner = environ.Env.db_url_config(settings.MIGRATE_DATABASE_URL)
    connection.close()
    connection.settings_dict.update({name: owner[name] for name in SIGN_IN})
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")  # the suite's sessions begin in the application's role
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def protect_tables(alias: str = "default") -> None:
    """As owner, after migrating: done again it changes nothing."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(FUNCTIONS)
        cursor.execute(REFUSE_TRUNCATE)
        if is_separate():
            _give_rights(cursor, application_role())


def make_application_role(alias: str = "default") -> None:
    """As owner, before migrating: the application's role is there and owns nothing."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        ensure_role(cursor, application_role(), unquote(urlsplit(settings.DATABASE_URL).password or ""))
        cursor.execute(OWNED_BY, {"role": _quoted(cursor, application_role())})
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


def _give_rights(cursor: Any, role: str) -> None:
    cursor.execute(sql.SQL(GRANTS).format(role=sql.Identifier(role)))


def _quoted(cursor: Any, role: str) -> str:
    cursor.execute("SELECT quote_ident(%s)", [role])
    return str(cursor.fetchone()[0])
