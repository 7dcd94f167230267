"""Two roles at one server: the owner migrates, the application reads and writes rows (docs/decisions/0068)."""

from typing import Any

from psycopg2 import sql


def ensure_role(cursor: Any, name: str, password: str) -> None:
    """Make a role that may sign in and nothing else; one that is there already is left as it is."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    if not cursor.fetchone():
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOCREATEDB NOCREATEROLE")
        cursor.execute(statement.format(sql.Identifier(name), sql.Literal(password)))
