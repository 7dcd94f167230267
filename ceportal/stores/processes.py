"""Small truths about processes and ports that both servers need."""

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

# Above the well-known ports, below the range (from 32768) out of which the kernel takes ports for outgoing connections.
PORTS = range(15432, 32000)


def command_line(pid: int) -> str:
    """How the process was started, or "" when there is none (a zombie counts as none)."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return ""
    except OSError:
        return ""
    return subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True).stdout


def is_running(pid: int | None, mark: str) -> bool:
    """Whether `pid` is a live process with `mark` in its command line: the number may belong to a stranger by now."""
    return pid is not None and pid > 0 and mark in command_line(pid)


def until(happened: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def stop_process(pid: int, mark: str, seconds: float = 20) -> None:
    """SIGTERM, then SIGKILL when that is not heard."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not is_running(pid, mark):
            return
        os.kill(pid, number)
        if until(lambda: not is_running(pid, mark), seconds):
            return


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_ports(first: int, last_used: int | None) -> Iterator[int]:
    """Ports that nobody holds now, the one used before first. Another process may be quicker: try the next then."""
    chosen = [last_used] if last_used else []
    for port in [*chosen, first, *random.sample(PORTS, 40)]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        yield port


def hold_port(port: int) -> socket.socket:
    """Keeps the port for a server that shares its port and starts later: until the socket is closed nobody else finds it free."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind(("127.0.0.1", port))
    return held
