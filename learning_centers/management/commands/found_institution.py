import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from learning_centers.services import found_institution


class Command(BaseCommand):
    help = "Found an institution under its national code, with one teaching school of its name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="five digits")
        parser.add_argument("name")
        parser.add_argument("--name-en", default="")
        parser.add_argument("--identifier", default="", help="the ten-digit school identifier")
        parser.add_argument(
            "--complete-from", type=dt.date.fromisoformat, metavar="DATE", help="from when the records are complete"
        )

    def handle(self, *args: Any, **said: Any) -> None:
        users: Any = get_user_model()._default_manager
        more = {"name_en": said["name_en"], "identifier": said["identifier"]}
        try:
            institution = found_institution(
                said["code"], said["name"], records_complete_from=said["complete_from"], by=users.system(), **more
            )
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from None
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        self.stdout.write(str(institution))
