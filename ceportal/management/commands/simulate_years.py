"""Years of an institution in a database of their own: beside a demo that serves, before any demo, or without one."""

import contextlib
import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from types import FrameType
from typing import Any

from django.core.management.base import CommandError

from ceportal import stores
from ceportal.stores.state import PROJECT
from demo.files import names_of_institutions, read_institution
from demo.management.commands import play_years

ELSEWHERE = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "MEDIA_ROOT", "CEPORTAL_MODE")
"""What would lead the play out of its own stores."""


class Command(play_years.Command):
    help = (
        "Play admission, registration and changes of every kind through the years, by the services alone, and verify the"
        " figures, places and numbers afterwards. It starts a database of its own and throws it away; a demo is not touched."
        " Exit code: 0 all is sound, 1 a fault was found, 3 not possible."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--keep", action="store_true", help="leave the database, stopped, for a look at what it holds"
        )

    def handle(self, *args: Any, code: str, keep: bool = False, **options: Any) -> None:
        self.judge(**options)
        known = sorted(read_institution(name).code for name in names_of_institutions())
        if code not in known:
            raise CommandError(f"There are no files to simulate {code} with, only: {', '.join(known)}.", returncode=3)
        signal.signal(signal.SIGTERM, _interrupt)
        here = stores.Home.default()
        try:
            with (
                here.locked(f"simulating-{code}.lock", wait=False),
                self._world(here.of_simulation(code), keep=keep) as home,
            ):
                self._manage(home, "migrate", "--verbosity", "0")
                self._manage(
                    home, "play_years", code, "--from", options["first"], "--to", options["last"],
                    "--scale", options["scale"], "--seed", options["seed"],
                )  # fmt: skip
        except BlockingIOError:
            raise CommandError(f"{code} is being simulated already.", returncode=3) from None
        except stores.StoresError as refusal:
            raise CommandError(str(refusal), returncode=3) from refusal
        except KeyboardInterrupt:
            raise CommandError("Interrupted; nothing is left.", returncode=130) from None

    @contextlib.contextmanager
    def _world(self, home: stores.Home, *, keep: bool) -> Iterator[stores.Home]:
        """Stores that hold nothing yet; a run that was killed may have left some."""
        stores.remove(home)
        self.stdout.write(f"Starting a database of its own in {home.folder} …")
        try:
            stores.start(home, throw_away=True)
            yield home
        finally:
            if keep:
                stores.stop(home)
                self.stdout.write(f"Kept: CEPORTAL_VAR={home.folder} manage.py stores start")
            else:
                stores.remove(home)

    def _manage(self, home: stores.Home, *arguments: object) -> None:
        """Run a management command there; ends with its exit code if that is not 0."""
        environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
        self.stdout.flush()
        process = subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=PROJECT,
            env=environment | {"CEPORTAL_VAR": str(home.folder), "PYTHONUNBUFFERED": "1", "LOG_LEVEL": "ERROR"},
            start_new_session=True,  # Ctrl-C reaches this process alone, which stops all in order
        )
        try:
            if code := process.wait():
                raise SystemExit(code)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
