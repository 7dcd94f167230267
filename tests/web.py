"""The site's own web server on the test's database, for what must be seen from outside."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import PROJECT
from tests.worker import outside_environment


@contextmanager
def web_server(
    application: str = "ceportal.wsgi:application", *, processes: int = 1, threads: int = 4, **environment: str
) -> Iterator[int]:
    """The port of a server that answers; what it has begun is finished before it stops."""
    port = a_free_port()
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--no-ws"]
    command += ["--port", str(port), "--workers", str(processes), "--blocking-threads", str(threads), application]
    variables = outside_environment() | {"PYTHONPATH": str(PROJECT), "LOG_LEVEL": "ERROR"} | environment
    server = subprocess.Popen(command, cwd=PROJECT, env=variables, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def a_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(port: int, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            client.request("GET", "/healthz")
            if client.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the web server did not start")
