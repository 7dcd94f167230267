from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ceportal import translations


class Command(BaseCommand):
    help = "Bring locale/ up to date with the sources, or only judge it (--check)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail unless everything is translated")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        ours = [app.name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
        wanted = translations.texts_of(translations.sources_under(settings.BASE_DIR, ours))
        for language in translations.LANGUAGES:
            catalogue = settings.BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"
            if not check:
                total, missing = translations.update(catalogue, wanted)
                self.stdout.write(f"{language}: {total} texts, {missing} untranslated")
            elif found := list(translations.faults(catalogue, wanted)):
                raise CommandError("\n".join([*found, f"{language}: {len(found)} faults in {len(wanted)} texts"]))
