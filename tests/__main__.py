"""`make test`: the suite on the embedded stores, and in CI what needs a database once more on the oldest supported PostgreSQL."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from ceportal import stores
from tests.databases import migrated_template

PROJECT = Path(__file__).resolve().parent.parent
OLDEST = 15
DATABASE_TESTS = ["-m", "django_db"]
"""What can differ on another server: that is what runs a second time."""


def run(arguments: list[str], **environment: str) -> int:
    workers = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", *workers, *arguments]
    return subprocess.run(command, cwd=PROJECT, env=os.environ | environment).returncode


def run_on_oldest(arguments: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="ceportal-oldest-"))
    folder.chmod(0o711)  # the account of the servers must pass through
    home = stores.Home(folder)
    try:
        running = stores.start(home, major=OLDEST, throw_away=True)
    except stores.StoresError as refusal:
        print(f"The second run, on PostgreSQL {OLDEST}, is left out: {refusal}")
        return 0
    else:
        print(f"Second run, on PostgreSQL {running.postgres_version}:", flush=True)
        template = migrated_template(running.database_url, running.migrate_database_url)
        return run(
            arguments,
            TEST_DATABASE_URL=running.database_url,
            TEST_MIGRATE_DATABASE_URL=running.migrate_database_url,
            TEST_REDIS_URL=running.redis_url,
            CEPORTAL_TEST_TEMPLATE=template,
        )
    finally:
        stores.stop(home)
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    failed = run(arguments)
    if os.environ.get("CI") == "true" and "TEST_DATABASE_URL" not in os.environ:
        failed = run_on_oldest([*arguments, *DATABASE_TESTS]) or failed
    return failed


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the second run's stores are stopped, too
    sys.exit(main(sys.argv[1:]))
