"""What `make demo` shows, made by the same commands that a person would type and by the worker.

Each step changes nothing when it has been done before, so this may run at every start.
"""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from people.models import User
from reporting.models import StatisticsRun
from reporting.services import request_todays_runs

LOADING: list[tuple[str, ...]] = [
    ("load_institution", "cup", "--scale", settings.DEMO_SCALE),
    ("load_institution", "tsinghua", "--scale", settings.DEMO_SCALE),
    ("load_institution", "hnust", "--scale", settings.DEMO_SCALE),
]
SHOWING: list[tuple[str, ...]] = []
PATIENCE = 300
"""Seconds that the worker may take for the statistics."""


class Command(BaseCommand):
    help = "Fill the demo: institutions, sample imports, statistics, sign-ins. Changes nothing the second time."

    def handle(self, *args: Any, **options: Any) -> None:
        for step in LOADING:
            self._do(step)
        self._statistics()
        for step in SHOWING:
            self._do(step)

    def _do(self, step: tuple[str, ...]) -> None:
        command, *arguments = step
        call_command(command, *arguments, stdout=self.stdout)

    def _statistics(self) -> None:
        """Ask for the figures of today and wait until the worker, rung through the queue, has computed them."""
        started = time.monotonic()
        try:
            asked = {run.pk for run in request_todays_runs(by=User.objects.system())}
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        open_runs = StatisticsRun.objects.filter(pk__in=asked, computed_at__isnull=True)
        while open_runs.exists():
            if broken := open_runs.exclude(error="").first():
                raise CommandError(f"The statistics of {broken.institution} failed: {broken.error}")
            if time.monotonic() - started > PATIENCE:
                raise CommandError(f"The worker has not computed the statistics within {PATIENCE} s.")
            time.sleep(0.2)
        self.stdout.write(f"Statistics of today by the worker: {len(asked)} runs, {time.monotonic() - started:.1f} s")
