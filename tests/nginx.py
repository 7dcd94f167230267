"""The real nginx with the project's own configuration before a web server of a test."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.databases import PROJECT
from tests.web import a_free_port, wait_for

CONFIGURATION = PROJECT / "deploy/nginx.conf"
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
needs_nginx = pytest.mark.skipif(PROGRAM is None, reason="no nginx on this machine: apt-get install nginx-light")


@contextmanager
def nginx_before(web_port: int, *, proxy_before: str = "127.0.0.2/32") -> Iterator[int]:
    """The port of an nginx that answers for the web server on `web_port`, and believes what `proxy_before` forwards."""
    port = a_free_port()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        terms = {"LISTEN": f"127.0.0.1:{port}", "WEB_SERVER": f"127.0.0.1:{web_port}", "PROXY_BEFORE": proxy_before}
        text = filled_in(CONFIGURATION.read_text(), terms).replace("/tmp/", f"{folder}/")  # noqa: S108 - the container's
        configuration = Path(folder) / "nginx.conf"
        configuration.write_text(text)
        server = subprocess.Popen([PROGRAM or "nginx", "-c", str(configuration), "-g", "daemon off;"])
        try:
            wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(30)


def filled_in(text: str, terms: dict[str, str]) -> str:
    """As envsubst does it: `${NAME}` of the names that are given, and nothing of nginx's own variables."""
    for name, value in terms.items():
        text = text.replace(f"${{{name}}}", value)
    return text
