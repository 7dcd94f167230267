from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.audit import chain_heads, seal_audit_events, verify_audit_chain


class Command(BaseCommand):
    help = (
        "Seal what is not sealed yet, recompute every audit chain, and tell each place where it does not hold. Prints the"
        " head of each chain: kept outside of the database and given back with --head, it also shows a tail that was cut."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--head", action="append", default=[], metavar="CHAIN:POSITION:DIGEST")
        parser.add_argument("--no-seal", action="store_true", help="only verify")

    def handle(self, *, head: list[str], no_seal: bool, **options: Any) -> None:
        while not no_seal and seal_audit_events():
            pass
        faults = list(verify_audit_chain(head))
        for fault in faults:
            self.stderr.write(f"chain {fault.institution_id or '-'}, position {fault.position}: {fault.problem}")
        for line in chain_heads():
            self.stdout.write(line)
        if faults:
            raise CommandError(_("The audit trail has been changed."))
        self.stdout.write(_("The audit trail holds."))
