from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from ceportal.owning import as_owner, is_separate, make_application_role, protect_tables
from common.sealing import rewriting_recordings
from people.services.roles import update_roles


class Command(migrate.Command):
    """Django's own, signed in as the owner of the tables; afterwards the application's role has its rights on the rows.

    What migrations rewrite of recorded history is sealed anew, and shipped roles are brought up to date.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        alias = options["database"]
        with as_owner(alias):
            if is_separate():
                make_application_role(alias)
            with rewriting_recordings() if _is_behind(alias) else nullcontext():
                super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                protect_tables(alias)
                if not _is_behind(alias):
                    update_roles()


def _is_behind(alias: str) -> bool:
    executor = MigrationExecutor(connections[alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
