from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import DomainError
from demo.files import names_of_institutions
from demo.loading import load_institution
from people.models import User


class Command(BaseCommand):
    help = "Load one of the institutions of demo/institutions with invented people; a second time changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("institution", choices=names_of_institutions())
        parser.add_argument("--scale", type=float, default=1.0, help="share of the students (default 1.0)")

    def handle(self, *args: Any, institution: str, scale: float, **options: Any) -> None:
        if not 0 < scale <= 10:
            raise CommandError(_("The scale is a number above 0, at most 10."))
        started = monotonic()
        try:
            loaded = load_institution(institution, by=User.objects.system(), scale=scale, say=self.stdout.write)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        size = _("%(centers)s learning centres, %(students)s students") % {
            "centers": loaded.centers,
            "students": loaded.students,
        }
        told = (
            _("loaded in %(seconds).1f s") % {"seconds": monotonic() - started} if loaded.fresh else _("already here")
        )
        self.stdout.write(f"{loaded.institution}: {size} ({told})")
