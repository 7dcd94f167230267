from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ceportal.moves import PAGE, page


class Command(BaseCommand):
    help = "Write docs/states.md from the tables of moves; --check only compares."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        text = page()
        if not options["check"]:
            PAGE.write_text(text, encoding="utf-8")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            raise CommandError("docs/states.md is out of date: run manage.py moves")
