import datetime as dt
from argparse import ArgumentParser
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from learning_centers.models import Institution
from reporting.reports.factsheets import fact_sheet

TEMPLATES = {"md": "reporting/fact_sheet.md", "html": "reporting/fact_sheet_document.html"}


class Command(BaseCommand):
    help = "Write an institution's profile from live figures, beside what it has published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="five-digit national code")
        parser.add_argument("--as-of", type=dt.date.fromisoformat, metavar="DATE", help="default: today")
        parser.add_argument("--lang", choices=("en", "zh-hans"), default="en")
        parser.add_argument("--format", choices=("md", "html", "json"), default="md")

    def handle(self, *args: Any, code: str, as_of: dt.date | None, lang: str, **options: Any) -> None:
        institution = Institution.objects.filter(code=code).first()
        if institution is None:
            raise CommandError(gettext("There is no institution %(code)s.") % {"code": code})
        with override(lang):
            sheet = fact_sheet(institution, as_of)
            if options["format"] == "json":
                text = orjson.dumps(sheet.as_json(), option=orjson.OPT_INDENT_2).decode()
            else:
                text = render_to_string(TEMPLATES[options["format"]], {"sheet": sheet, "language": lang}).strip()
            self.stdout.write(text)
