"""Clients that begin a request and then say nothing more."""

import contextlib
import socket
import time
import urllib.request
from collections.abc import Iterator

HEAD = (
    "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 100000\r\n\r\nusername=a"
)


@contextlib.contextmanager
def silent_posts(port: int, count: int, path: str = "/portal/sign-in/") -> Iterator[list[socket.socket]]:
    """So many connections with a request whose body does not come."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_connection(("127.0.0.1", port))) for _each in range(count)]
        for one in sockets:
            one.sendall(HEAD.format(path=path).encode())
        time.sleep(0.5)
        yield sockets


def seconds_to_answer(port: int, path: str = "/portal/sign-in/", patience: float = 10) -> float:
    """How long the next client waits; raises TimeoutError or OSError where nobody answers."""
    begun = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=patience) as answer:
        answer.read()
    return time.monotonic() - begun
