from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ceportal import health


class Command(BaseCommand):
    help = "What /readyz asks, for places without a web server: fails unless all of the named checks hold."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("checks", nargs="*", help=f"of {', '.join(health.CHECKS)}; all when none is named")

    def handle(self, *args: Any, checks: list[str], **options: Any) -> None:
        if unknown := set(checks) - health.CHECKS.keys():
            raise CommandError(f"no such check: {', '.join(sorted(unknown))}")
        found = {name: health.holds(name) for name in checks or health.CHECKS}
        self.stdout.write(" ".join(f"{name}={'yes' if held else 'no'}" for name, held in found.items()))
        if not all(found.values()):
            raise CommandError("not ready")
