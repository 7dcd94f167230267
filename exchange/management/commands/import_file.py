"""`manage.py import_file KIND FILE`: check a file and store its good rows, in this process, without worker or broker."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.errors import DomainError
from exchange.importing import check_file, commit_file, receive_file, result_of, unfinished_import
from exchange.importing.deciding import waits_for_decision
from exchange.issues import CODES
from exchange.kinds import all_kinds
from exchange.models import ImportBatch

ALL_ACCEPTED, SOME_REJECTED, FILE_REFUSED, NOT_DONE = 0, 1, 2, 3
SHOWN = 20


def found(queryset: Any, what: str, **key: str) -> Any:
    try:
        return queryset.get(**key)
    except queryset.model.DoesNotExist:
        raise CommandError(f"{what}: {next(iter(key.values()))}", returncode=NOT_DONE) from None


def actor(username: str | None) -> Any:
    """The user of this name, or the system user."""
    users = get_user_model()._default_manager
    return found(users.all(), _("There is no such user"), username=username) if username else users.system()


def demand_writable(out: Path | None) -> None:
    """Asked before anything is stored: an import whose result can be told to nobody is not begun."""
    try:
        if out:
            out.open("ab").close()
    except OSError as error:
        raise CommandError(str(error), returncode=NOT_DONE) from error


class Command(BaseCommand):
    help = (
        "Import a file. Exit code: 0 all rows accepted, 1 some rows rejected, 2 file refused, 3 not possible,"
        " or stored only when a second person has decided (with --as)."
        " If storing the same file was cut off, the same command goes on with that import; undo_import takes it back."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(kind.name for kind in all_kinds()))
        parser.add_argument("file", type=Path)
        parser.add_argument("--institution", metavar="CODE", help="five-digit national code; without it the rows say")
        parser.add_argument("--as", dest="username", metavar="USER", help="who imports; without it the system user")
        parser.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="judge the file as on this day")
        parser.add_argument("--dry-run", action="store_true", help="check only, store nothing")
        parser.add_argument("--json", type=Path, metavar="OUT", help="write the result to this file")

    def handle(self, *, kind: str, file: Path, **options: Any) -> None:
        institutions = ImportBatch._meta.get_field("institution").related_model._default_manager
        code = options["institution"]
        institution = found(institutions.all(), _("There is no such institution"), code=code) if code else None
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(str(error), returncode=NOT_DONE) from error
        by = actor(options["username"])
        demand_writable(options["json"])
        try:
            batch = None if options["dry_run"] else unfinished_import(kind, content, by=by, institution=institution)
            batch = batch or check_file(
                receive_file(kind, file.name, content, by=by, institution=institution, today=options["today"])
            )
            waits = not options["dry_run"] and waits_for_decision(batch)
            if not options["dry_run"] and not waits:
                batch = commit_file(batch)
        except DomainError as error:
            raise CommandError(str(error), returncode=NOT_DONE) from error
        result = result_of(batch) | {"file": str(file)}
        if options["json"]:
            options["json"].write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
        self.report(batch, result)
        if waits:
            self.stdout.write(
                _("A second person must see the file and let it be stored; it waits for that on its page.")
            )
        if code := NOT_DONE if waits else exit_code(batch, result):
            raise SystemExit(code)

    def report(self, batch: ImportBatch, result: dict[str, Any]) -> None:
        """Counts and the first remarks; never a value, since the terminal is no place for personal data."""
        self.stdout.write(f"{batch.public_id}  {batch.get_status_display()}")
        counts = ("rows_total", "accepted", "rejected", "warnings", "created", "updated", "unchanged")
        self.stdout.write("  ".join(f"{name} {result[name]}" for name in counts))
        for issue in result["rows"][:SHOWN]:
            where = f"{issue['row'] or ''} {issue['column'] or ''}".strip() or batch.name
            self.stdout.write(f"  {where}: {issue['code']}: {CODES[issue['code']].sentence}")
        if len(result["rows"]) > SHOWN:
            self.stdout.write(f"  … {len(result['rows']) - SHOWN}")


def exit_code(batch: ImportBatch, result: dict[str, Any]) -> int:
    if batch.status == ImportBatch.State.REFUSED:
        return FILE_REFUSED
    return SOME_REJECTED if result["rejected"] else ALL_ACCEPTED
