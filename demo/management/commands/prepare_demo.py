"""What `make demo` shows, made through the same commands that a person would type.

Each of them changes nothing when it has been done before, so this may run at every start.
"""

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

STEPS: list[tuple[str, ...]] = []
"""Commands with their arguments, in order; the first that fails ends the demo."""


class Command(BaseCommand):
    help = "Fill the demo: institutions, sample imports, statistics, sign-ins. Changes nothing the second time."

    def handle(self, *args: Any, **options: Any) -> None:
        for command, *arguments in STEPS:
            started = time.monotonic()
            call_command(command, *arguments, stdout=self.stdout)
            self.stdout.write(f"{' '.join([command, *arguments])}: {time.monotonic() - started:.1f} s")
