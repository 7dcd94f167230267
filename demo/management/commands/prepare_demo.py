"""What `make demo` shows, made by the same commands that a person would type and by the worker.

Each step changes nothing when it has been done before, so this may run at every start.
"""

import hashlib
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from demo import inviting
from demo.accounts import SignIn, make_demo_accounts
from demo.files import read_institution
from demo.steps import INSTITUTIONS, SAMPLE_FILES, SAMPLES_TODAY, SampleFile
from exchange.models import ImportBatch
from learning_centers.models import Institution
from people.models import User
from reporting.models import StatisticsRun
from reporting.reports.factsheets import fact_sheet
from reporting.services import request_todays_runs

PATIENCE = 300
"""Seconds that the worker may take for the statistics."""
SOME_REJECTED = 1


class Command(BaseCommand):
    help = "Fill the demo: institutions, sample imports, statistics, sign-ins. Changes nothing the second time."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in INSTITUTIONS:
            call_command("load_institution", name, "--scale", settings.DEMO_SCALE, stdout=self.stdout)
        for sample in SAMPLE_FILES:
            self._import(sample)
        signins = make_demo_accounts()
        if signins:
            self._invite()
        self._statistics()
        for name in INSTITUTIONS:
            self._headlines(Institution.objects.get(code=read_institution(name).code))
        self._sign_ins(signins)

    def _import(self, sample: SampleFile) -> None:
        """Import the file as a person would, unless it has been stored before."""
        digest = hashlib.sha256(sample.path.read_bytes()).hexdigest()
        done = ImportBatch.objects.filter(sha256=digest, kind=sample.kind)
        if done.filter(status__in=[ImportBatch.State.COMMITTED, ImportBatch.State.UNDONE]).exists():
            self.stdout.write(f"{sample.path.name}: already imported")
            return
        self.stdout.write(f"{sample.path.name}:")
        code = 0
        try:
            call_command(
                "import_file", sample.kind, str(sample.path), "--today", SAMPLES_TODAY.isoformat(), stdout=self.stdout
            )
        except SystemExit as end:
            code = int(end.code or 0)
        if code != (SOME_REJECTED if sample.rejected else 0):
            raise CommandError(f"{sample.path.name} was not imported as expected (exit code {code}).")

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

    def _headlines(self, institution: Institution) -> None:
        """The live figures of the fact sheet beside the published ones; a small demo does not reach all of them."""
        self.stdout.write(f"\n{institution}")
        for figure in fact_sheet(institution).live_figures:
            beside = f"   (published: {figure.claim})" if figure.claim else ""
            self.stdout.write(f"  {figure.name:<30}{figure.shown or '–':>9}{beside}")

    def _invite(self) -> None:
        for told in inviting.told()["institution"]:
            started = time.monotonic()
            made = inviting.invite(told)
            took = f"{made} ({time.monotonic() - started:.1f} s)" if made else "is there already"
            self.stdout.write(f"What waits at {told['code']}: {took}")

    def _sign_ins(self, signins: list[SignIn]) -> None:
        """Who can sign in, where that leads, and what to try there."""
        if signins:
            self.stdout.write(f"\nSign in with the password {settings.DEMO_PASSWORD} as")
        for signin in signins:
            where = "/portal/" if signin.role == "coordinator" else "/admin/"
            self.stdout.write(f"  {signin.username:<20}{where:<10}{signin.tries or signin.role}")
