from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from reporting.services import verified_runs


class Command(BaseCommand):
    help = (
        "Count every stored run of statistics anew from the records, change nothing, and tell which digests differ."
        " Exit code: 0 all are equal, 1 some differ."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", type=Path, metavar="OUT", help="write the result there, too")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(verified_runs())
        different = [str(run.public_id) for run, differs in found if differs]
        result = orjson.dumps(
            {"compared": len(found), "equal": len(found) - len(different), "different": different},
            option=orjson.OPT_INDENT_2,
        )
        if options["json"]:
            try:
                options["json"].write_bytes(result)
            except OSError as error:
                raise CommandError(str(error), returncode=2) from error
        self.stdout.write(result.decode())
        if different:
            raise SystemExit(1)
