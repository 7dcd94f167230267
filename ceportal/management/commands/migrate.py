from typing import Any

from django.core.management.commands import migrate

from ceportal.owning import as_owner, is_separate, make_application_role, protect_tables


class Command(migrate.Command):
    """Django's own, signed in as the owner of the tables; afterwards the application's role has its rights on the rows."""

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        with as_owner(alias):
            if is_separate():
                make_application_role(alias)
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                protect_tables(alias)
