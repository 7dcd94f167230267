"""Start and stop the two stores of one home together."""

import shutil
from dataclasses import dataclass

import psycopg2

from ceportal.stores import account
from ceportal.stores.broker import Broker
from ceportal.stores.postgres import APPLICATION_ROLE, DATABASE, ROLE, Postgres, find_binaries
from ceportal.stores.roles import ensure_role
from ceportal.stores.state import Home, StoresError, write_json


@dataclass(frozen=True)
class Status:
    """`database_url` signs in as the application, `migrate_database_url` as the owner of the tables."""

    database_url: str
    migrate_database_url: str
    redis_url: str
    postgres_version: int
    database_runs: bool
    broker_runs: bool

    @property
    def runs(self) -> bool:
        return self.database_runs and self.broker_runs


def start(home: Home, *, major: int | None = None, throw_away: bool = False) -> Status:
    """Bring both stores up, whatever an earlier run left behind; does nothing when they run.

    `major` asks for one PostgreSQL version, `throw_away` for speed instead of durability (the suite).
    Raises StoresError.
    """
    with home.locked("stores.lock"):
        servers = account.reachable_folder(home)
        secrets, last = home.secrets(), home.state()
        postgres = Postgres(servers, find_binaries(servers, major=major))
        postgres.create(secrets["database_password"], throw_away=throw_away)
        port = postgres.start(last.get("postgres_port"))
        _create_database(port, secrets["database_password"], secrets["application_password"])
        broker = Broker(servers, secrets["broker_password"])
        broker_port = broker.start(last.get("broker_port"))
        state = {
            "database_url": _url(APPLICATION_ROLE, secrets["application_password"], port),
            "migrate_database_url": _url(ROLE, secrets["database_password"], port),
            "redis_url": f"redis://:{secrets['broker_password']}@127.0.0.1:{broker_port}/0",
            "postgres_port": port,
            "broker_port": broker_port,
            "postgres_version": postgres.binaries.major,
        }
        write_json(home.state_file, state)
    return status(home)


def stop(home: Home) -> None:
    """Stop the broker, then the database; does nothing for a store that does not run."""
    with home.locked("stores.lock"):
        if not home.servers.exists():
            return
        broker, postgres = _stores(home)
        broker.stop()
        if postgres:
            postgres.stop()


def remove(home: Home) -> None:
    """Stop the stores and remove all that they hold, also where the folder of the servers is a link."""
    stop(home)
    shutil.rmtree(home.servers.resolve(), ignore_errors=True)
    shutil.rmtree(home.folder, ignore_errors=True)


def status(home: Home) -> Status:
    state = home.state()
    if not state:
        return Status("", "", "", 0, database_runs=False, broker_runs=False)
    broker, postgres = _stores(home)
    return Status(
        database_url=state["database_url"],
        migrate_database_url=state.get("migrate_database_url", ""),
        redis_url=state["redis_url"],
        postgres_version=state["postgres_version"],
        database_runs=bool(postgres and postgres.pid_and_port()),
        broker_runs=broker.answers(state["broker_port"]),
    )


def _stores(home: Home) -> tuple[Broker, Postgres | None]:
    servers = home.servers.resolve()
    version = home.state().get("postgres_version")
    broker = Broker(servers, home.secrets()["broker_password"])
    return broker, Postgres(servers, find_binaries(servers, major=version)) if version else None


def _url(role: str, password: str, port: int) -> str:
    return f"postgres://{role}:{password}@127.0.0.1:{port}/{DATABASE}"


def _create_database(port: int, password: str, application_password: str) -> None:
    try:
        connection = psycopg2.connect(host="127.0.0.1", port=port, user=ROLE, password=password, dbname="postgres")
    except psycopg2.OperationalError as error:
        raise StoresError(f"PostgreSQL on port {port} does not let us in: {error}") from error
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
            ensure_role(cursor, APPLICATION_ROLE, application_password)
    finally:
        connection.close()
