import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from common.errors import DomainError
from common.families import TOTAL, family_named
from learning_centers.models import Institution
from people.models import User
from reporting.reports.export import as_json
from reporting.services import compute_run, run_for


def instant(text: str) -> dt.datetime:
    """`2026-11-21T08:30:00.123456Z`; without an offset it is the local time of the server's zone."""
    parsed = parse_datetime(text)
    if parsed is None:
        raise ArgumentTypeError(f"{text} is no instant like 2026-11-21T08:30:00Z")
    return parsed if timezone.is_aware(parsed) else timezone.make_aware(parsed)


class Command(BaseCommand):
    help = "Compute the figures of an institution as of a day, in this process; no worker is needed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--institution", required=True, metavar="CODE")
        parser.add_argument("--as-of", required=True, type=dt.date.fromisoformat, metavar="DATE")
        parser.add_argument("--since", type=dt.date.fromisoformat, metavar="DATE", help="also the flows since this day")
        parser.add_argument(
            "--family", default="degree", metavar="F", help="which line of work is counted (default: degree)"
        )
        parser.add_argument("--known-at", type=instant, metavar="INSTANT", help="as it was known then")
        parser.add_argument("--by", default="", metavar="DIM,DIM", help="cross table of these dimensions")
        parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there")

    def handle(self, *args: Any, **options: Any) -> None:
        institution = Institution.objects.filter(code=options["institution"]).first()
        if institution is None:
            raise CommandError(f"There is no institution {options['institution']}.")
        try:
            run = run_for(
                institution,
                options["as_of"],
                options["since"],
                family=options["family"],
                breakdowns=[TOTAL, family_named(options["family"]).breakdown(options["by"])],
                known_at=options["known_at"],
                by=User.objects.system(),
            )
            run = compute_run(run.pk)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        figures = as_json(run, known_at=options["known_at"])
        if options["json"]:
            try:
                options["json"].write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
            except OSError as error:
                raise CommandError(str(error)) from error
        for one in figures["figures"]:
            where = ", ".join(f"{name}={value}" for name, value in one["slice"].items())
            self.stdout.write(f"{one['indicator']:<22}{self._shown(one['value']):>9}  {where}".rstrip())

    def _shown(self, value: Any) -> str:
        return str(value["value"] if isinstance(value, dict) else "-" if value is None else value)
