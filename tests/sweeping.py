"""What a module has rolled back is still in the tables' files."""

from django.db import connection

from tests.owning import owner


def sweep() -> None:
    """Make tables without rows as new.

    Their dead rows would slow every later test, and numbers that an ANALYZE or VACUUM took down of them would tell the
    planner that they are empty while a test's open transaction fills them: it then multiplies everything by everything.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        tables = [quote(name) for name in connection.introspection.table_names(cursor)]
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{table}' WHERE NOT EXISTS (SELECT FROM {table})" for table in tables)
        )
        empty = [table for (table,) in cursor.fetchall()]
    with owner() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(empty)}")
