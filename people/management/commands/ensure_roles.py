from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from people.models import User
from people.services.roles import ensure_roles


class Command(BaseCommand):
    help = "Make the roles that ceportal ships where they are missing, and bring the others up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="give known roles their shipped rights again")

    def handle(self, *args: Any, reset: bool, **options: Any) -> None:
        touched = ensure_roles(by=User.objects.system(), reset=reset)
        self.stdout.write(", ".join(touched) or "all there")
