import os
import signal
import subprocess
import sys
import time

import pytest

from ceportal import stores, supervisor
from ceportal.stores.__main__ import clean
from ceportal.stores.state import PROJECT, Home

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


class Demo:
    """`make demo` in a folder of its own, with other commands in place of the loading."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.output = home.folder / "output"

    def start(self, *, serve: bool, prepare: tuple[str, ...] = ("ready", "database", "migrations")) -> subprocess.Popen:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("TEST_", "CEPORTAL_", "DJANGO_"))
        }
        script = f"import sys; from ceportal import supervisor as s; s.PREPARE = [{prepare!r}]; sys.exit(s.main())"
        with open(self.output, "w") as output:
            return subprocess.Popen(
                [sys.executable, "-c", script],
                cwd=PROJECT,
                env=kept | {"CEPORTAL_VAR": str(self.home.folder), "SERVE": "1" if serve else "0"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def until(self, text: str) -> None:
        deadline = time.monotonic() + 120
        while text not in self.said():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def said(self) -> str:
        return self.output.read_text()

    def left(self) -> list[int]:
        """Processes that any run in this folder left behind, the stores included."""
        mark = f"CEPORTAL_VAR={self.home.folder}".encode()
        found = []
        for entry in supervisor.Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in entry.read_bytes().split(b"\0"):
                    found.append(int(entry.parent.name))
            except OSError:
                continue
        return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("demo of") / "a site")
    home.folder.mkdir()
    yield Demo(home)
    clean(home)


def test_without_serving_it_builds_everything_and_leaves_nothing(demo):
    assert demo.start(serve=False).wait() == 0, demo.said()
    assert "Ready after" in demo.said()
    assert demo.left() == []
    assert not stores.status(demo.home).runs


def test_a_step_that_fails_fails_the_whole_and_leaves_nothing(demo):
    assert demo.start(serve=False, prepare=("no_such_command",)).wait() == 1
    assert "no_such_command ended with 1" in demo.said()
    assert demo.left() == []


def test_while_it_runs_no_second_one_starts_and_ctrl_c_stops_all_of_it(demo):
    process = demo.start(serve=True)
    demo.until("ceportal is at")
    address = demo.said().rpartition("ceportal is at ")[2].split()[0]
    assert supervisor.get(address + "readyz")[0] == 200
    first, demo.output = demo.output, demo.output.with_name("second")
    assert demo.start(serve=False).wait() == 1
    assert f"already runs here, at {address}" in demo.said()
    demo.output = first
    process.send_signal(signal.SIGINT)
    assert process.wait() == 0
    assert demo.left() == []
    assert supervisor.get(address + "healthz")[0] == 0


def test_a_killed_run_is_recovered(demo):
    process = demo.start(serve=True)
    demo.until("ceportal is at")
    process.kill()
    process.wait()
    assert demo.left()
    assert demo.start(serve=False).wait() == 0, demo.said()
    assert "An earlier run was cut off" in demo.said()
    assert demo.left() == []


def test_a_server_that_dies_ends_the_demo_with_its_last_words(demo):
    process = demo.start(serve=True)
    demo.until("ceportal is at")
    run = stores.state.read_json(demo.home.folder / "run.json")["run"]
    for pid in supervisor.marked_processes(run):
        if b"beat" in supervisor.Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
    assert process.wait() == 1
    assert "The beat ended" in demo.said()
    assert demo.left() == []
