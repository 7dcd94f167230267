"""`manage.py undo_import BATCH`: take a whole import back while nothing later depends on it."""

import argparse
import uuid
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import DomainError
from exchange.importing import HasDependents, undo_import
from exchange.management.commands.import_file import actor, found
from exchange.models import ImportBatch


class Command(BaseCommand):
    help = (
        "Undo an import, also one whose storing was cut off."
        " Exit code: 0 undone, 1 something later depends on it (listed), 3 not possible."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("batch", type=uuid.UUID, help="the batch as import_file printed it")
        parser.add_argument("--as", dest="username", metavar="USER", help="who undoes it; without it the system user")

    def handle(self, *, batch: uuid.UUID, **options: Any) -> None:
        known = found(ImportBatch.objects.all(), _("There is no such import"), public_id=str(batch))
        try:
            undone = undo_import(known, by=actor(options["username"]))
        except HasDependents as refusal:
            for one in refusal.dependents:
                self.stdout.write(f"  {apps.get_model(one.table)._meta.verbose_name} {one.key}: {one.reason}")
            raise CommandError(str(refusal), returncode=1) from refusal
        except DomainError as error:
            raise CommandError(str(error), returncode=3) from error
        self.stdout.write(f"{undone.public_id}  {undone.get_status_display()}")
