"""`make demo`: everything on one machine, started step by step and stopped together.

Runs before Django can be set up (the settings read the addresses of the stores), so it only starts processes: the stores,
`manage.py migrate`, web server, worker and beat, then `manage.py prepare_demo`, which loads what the demo shows.
With SERVE=0 it does the same, checks that the site is ready, stops and exits.
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

import redis

from ceportal import stores
from ceportal.health import CANARY
from ceportal.stores import processes
from ceportal.stores.state import PROJECT, read_json, write_json

FIRST_WEB_PORT = 8000
# What is loaded once everything runs, as management commands.
PREPARE = [["prepare_demo"]]
# Inherited by all that a run starts, so that a later run can find what a killed one left.
MARK = "CEPORTAL_RUN"


class Failed(Exception):
    """A step did not succeed; the message is for the person at the keyboard."""


def say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    say(f"• {title} …")
    started = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - started:.1f} s")


@dataclass
class Server:
    """A process that stays: its name, command and log file."""

    name: str
    arguments: list[str]
    log: Path
    seconds_to_stop: float = 15
    process: subprocess.Popen[bytes] | None = None

    def start(self, environment: dict[str, str]) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments],
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops all in order
            )

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.seconds_to_stop)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)  # whatever of its group did not go with it
        self.process.wait()

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]


@dataclass
class Demo:
    home: stores.Home
    own_stores: bool
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    servers: list[Server] = field(default_factory=list)
    port: int = 0
    held_port: socket.socket | None = None
    serving: bool = False

    @property
    def run_file(self) -> Path:
        return self.home.folder / "run.json"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def environment(self) -> dict[str, str]:
        # localhost and 127.0.0.1 are one site for a browser's cookies only if links keep to one of them.
        return os.environ | {MARK: self.run, "PYTHONUNBUFFERED": "1", "CEPORTAL_ADDRESS": self.address}

    def remove_leftovers(self) -> None:
        last = read_json(self.run_file)
        left = [pid for pid in marked_processes(last["run"]) if pid != os.getpid()] if last else []
        if left:
            say(f"• An earlier run was cut off; stopping {len(left)} processes that it left")
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.port = next(processes.free_ports(FIRST_WEB_PORT, int(os.environ.get("PORT", "0")) or last.get("port")))
        self.held_port = processes.hold_port(self.port)
        write_json(self.run_file, {"run": self.run, "port": self.port})

    def manage(self, *arguments: str) -> None:
        """Run a management command, showing what it prints; raises Failed."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            show(process.stdout)
            if process.wait():
                raise Failed(f"manage.py {' '.join(arguments)} ended with {process.returncode}")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()

    def start_servers(self) -> None:
        logs, beat = self.home.folder / "logs", self.home.folder / "beat"
        celery = ["celery", "-A", "ceportal"]
        web = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--no-ws"]
        web += ["--http", "1", "--workers", "1", "--http1-header-read-timeout", "10000"]
        # Nothing stands before it here, so a body that does not come holds a thread: there are enough of them.
        web += ["--blocking-threads", "64", "--backpressure", "128", "ceportal.wsgi:application"]
        worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        self.servers = [
            Server("web server", web, logs / "web.log"),
            Server("worker", worker, logs / "worker.log", seconds_to_stop=30),
            Server("beat", [*celery, "beat", "--schedule", str(beat), "--loglevel", "INFO"], logs / "beat.log"),
        ]
        # Only a worker of this run shall make the site ready, not what one of the last minute sang.
        with redis.Redis.from_url(os.environ.get("REDIS_URL") or stores.status(self.home).redis_url) as broker:
            broker.delete(CANARY)
        for server in self.servers:
            server.start(self.environment)

    def stop(self) -> None:
        for server in sorted(self.servers, key=lambda server: server.name != "web server"):
            server.stop()
        if self.own_stores:
            stores.stop(self.home)
        if self.held_port:
            self.held_port.close()
        self.run_file.unlink(missing_ok=True)

    def demand_servers(self) -> None:
        for server in self.servers:
            if not server.runs:
                raise Failed(f"The {server.name} ended; its log {server.log} says:\n{server.tail()}")

    def wait_until_ready(self, seconds: float = 90) -> None:
        """Until `/readyz` holds: database, migrations, broker, and a canary sung by the worker. Raises Failed."""
        deadline = time.monotonic() + seconds
        while (answer := get(self.address + "readyz"))[0] != 200:
            self.demand_servers()
            if time.monotonic() > deadline:
                raise Failed(
                    f"{self.address}readyz still answers {answer}; the logs are in {self.home.folder / 'logs'}"
                )
            time.sleep(0.2)


def show(stream: IO[str] | None) -> None:
    for line in stream or ():
        say(f"  {line.rstrip()}")


def get(url: str) -> tuple[int, str]:
    """Status and body; status 0 while nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never by way of a proxy: it is this machine
    try:
        with opener.open(url, timeout=5) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def marked_processes(run: str) -> list[int]:
    """Processes that a run started, found by their environment; where there is no /proc none are found."""
    wanted = f"{MARK}={run}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
    return found


@contextlib.contextmanager
def alone(home: stores.Home) -> Iterator[None]:
    """One demo per folder; raises Failed while another one runs."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(home.locked("demo.lock", wait=False))
        except BlockingIOError:
            port = read_json(home.folder / "run.json").get("port")
            raise Failed(f"The demo already runs here, at http://127.0.0.1:{port}/") from None
        yield


def build(demo: Demo) -> None:
    """Everything up to a site that shows its figures; raises Failed or StoresError at the step that did not work."""
    demo.remove_leftovers()
    if demo.own_stores:
        with step("Starting PostgreSQL and the broker"):
            found = stores.start(demo.home)
            say(f"  PostgreSQL {found.postgres_version}, data in {demo.home.servers}")
    with step("Bringing the database up to date"):
        demo.manage("migrate", "--verbosity", "0")
    with step("Starting web server, worker and beat"):
        demo.start_servers()
    with step("Loading what the demo shows"):
        for command in PREPARE:
            demo.manage(*command)
    with step("Waiting until everything answers"):
        demo.wait_until_ready()


def serve(demo: Demo) -> NoReturn:
    say(f"\nceportal is at {demo.address}   (Ctrl-C stops everything)")
    demo.serving = True
    while True:
        demo.demand_servers()
        time.sleep(1)


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def undisturbed(action: Callable[[], None]) -> None:
    """Stopping must not be cut short by a second, impatient Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    action()


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    home = stores.Home.default()
    own_stores = not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))
    started = time.monotonic()
    try:
        with alone(home):
            demo = Demo(home, own_stores)
            try:
                build(demo)
                say(f"Ready after {time.monotonic() - started:.1f} s.")
                if os.environ.get("SERVE", "1") != "0":
                    serve(demo)
            except KeyboardInterrupt:
                say("")
                return 0 if demo.serving else 130
            finally:
                say("Stopping …")
                undisturbed(demo.stop)
                say("Stopped.")
    except (Failed, stores.StoresError, json.JSONDecodeError) as refusal:
        print(f"\n{refusal}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
