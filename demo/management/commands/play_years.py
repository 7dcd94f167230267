from argparse import ArgumentParser
from collections.abc import Iterable
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from demo.simulating.running import Outcome, simulate_years

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Play admission, registration and changes of every kind through the years, in this database, by the services alone,"
        " and verify the figures, places and numbers afterwards; `simulate_years` does it in a database of its own."
        " Exit code: 0 all is sound, 1 a fault was found, 3 not possible."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="five-digit national code: 11414, 10003 or 10534")
        parser.add_argument("--from", dest="first", type=int, required=True, metavar="YEAR")
        parser.add_argument("--to", dest="last", type=int, required=True, metavar="YEAR")
        parser.add_argument("--scale", type=float, default=1.0, help="share of the applicants (default 1.0)")
        parser.add_argument("--seed", type=int, default=1)

    def judge(self, *, first: int, last: int, scale: float, **_options: Any) -> None:
        if not (2000 <= first <= last <= 2100 and 0 < scale <= 20):
            raise CommandError("The years run from 2000 to 2100, the scale from above 0 to 20.", returncode=3)

    def handle(self, *args: Any, code: str, first: int, last: int, scale: float, seed: int, **options: Any) -> None:
        self.judge(first=first, last=last, scale=scale)
        started = monotonic()
        try:
            outcome = simulate_years(code, first, last, scale=scale, seed=seed, say=self.stdout.write)
        except DomainError as refusal:
            raise CommandError(str(refusal), returncode=3) from refusal
        self._report(outcome)
        self.stdout.write(
            f"{outcome.institution}: {'sound' if outcome.is_sound else 'FAULTS'}, {monotonic() - started:.1f} s"
        )
        if not outcome.is_sound:
            raise SystemExit(1)

    def _report(self, outcome: Outcome) -> None:
        tally = outcome.tally
        self._table(
            "Verbs",
            (f"{verb:<28}{count:>8}{tally.milliseconds(verb):>10.1f} ms each" for verb, count in tally.done.items()),
        )
        self._table(
            "Refused, as provoked",
            (f"{verb:<28}{code:<34}{count:>6}" for (verb, code), count in tally.refusals.items()),
        )
        self._table("Came to pass", (f"{kind:<28}{count:>8}" for kind, count in outcome.occurred.items()))
        self._table(
            "Refused unexpectedly",
            (f"{verb:<28}{code:<34}{count:>6}" for (verb, code), count in tally.unforeseen.items()),
        )
        self.stdout.write("\nVerified")
        for check in outcome.checks:
            verdict = f"{len(check.faults)} FAULTS" if check.faults else "holds"
            self.stdout.write(f"  {check.law:<50}{check.tried_on:<34}{verdict}")
        if outcome.faults:
            self._table(f"Faults ({len(outcome.faults)})", outcome.faults[:SHOWN])

    def _table(self, title: str, lines: Iterable[str]) -> None:
        told = sorted(lines)
        if told:
            self.stdout.write("\n".join([f"\n{title}", *(f"  {line}" for line in told)]))
