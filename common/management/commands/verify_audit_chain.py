from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.heads import kept_heads
from common.sealing import chain_heads, seal_audit_events
from common.verifying import verify_audit_chain


class Command(BaseCommand):
    help = (
        "Seal what is not sealed yet, compute every audit chain anew, compare it with the heads that are kept outside"
        " (AUDIT_HEADS, and those given with --head), and tell each place where it does not hold. Prints the head of each"
        " chain. Exit code: 0 the trail holds, 1 it does not."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--head", action="append", default=[], metavar="CHAIN:POSITION:DIGEST")
        parser.add_argument("--no-seal", action="store_true", help="only verify")

    def handle(self, *, head: list[str], no_seal: bool, **options: Any) -> None:
        if not no_seal:
            seal_audit_events()
        faults = list(verify_audit_chain([*self._kept(), *head]))
        for fault in faults:
            self.stderr.write(f"chain {fault.institution_id or '-'}, position {fault.position or '-'}: {fault.problem}")
        for line in chain_heads():
            self.stdout.write(line)
        if faults:
            raise CommandError(_("The audit trail has been changed."))
        self.stdout.write(_("The audit trail holds."))

    def _kept(self) -> list[str]:
        try:
            return kept_heads()
        except OSError as error:
            raise CommandError(_("The heads that were kept outside cannot be read.")) from error
