"""A real worker process on the test's own database and broker, for tests whose subject is a job."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

from ceportal import health
from tests.databases import PROJECT, with_name


def outside_environment() -> dict[str, str]:
    """Environment for a process of its own that shall see what this test has committed."""
    url = with_name(os.environ["TEST_DATABASE_URL"], connection.settings_dict["NAME"])
    return os.environ | {
        "CEPORTAL_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "ceportal.settings",
        "TEST_DATABASE_URL": url,
        "TEST_REDIS_URL": settings.REDIS_URL,
    }


class Worker:
    """`start`, `kill` (as a power cut would) and `stop` a Celery worker; its log is at `log`."""

    def __init__(self, log: Path | None = None) -> None:
        self.log = log or Path(tempfile.mkdtemp()) / "worker.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.broker = redis.Redis.from_url(settings.REDIS_URL)

    def start(self, concurrency: int = 1) -> "Worker":
        self.broker.delete(health.CANARY)
        command = [sys.executable, "-m", "celery", "-A", "ceportal", "worker", "--loglevel", "INFO"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*command, "--concurrency", str(concurrency), "--without-gossip", "--without-mingle"],
                cwd=PROJECT,
                env=outside_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 30
        while not self.broker.exists(health.CANARY):  # a worker that is up sings at once
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        return self

    def kill(self) -> None:
        """The worker and its children die at once, in the middle of whatever they do."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.broker.flushdb()
        self.broker.close()
