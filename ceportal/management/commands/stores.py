import shlex
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ceportal import stores


class Command(BaseCommand):
    help = "Start, stop or show the embedded PostgreSQL and broker of this checkout."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["start", "stop", "status", "env"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        home = stores.Home.default()
        try:
            if action == "stop":
                stores.stop(home)
            found = stores.start(home) if action == "start" else stores.status(home)
        except stores.StoresError as error:
            raise CommandError(str(error)) from error
        if action == "env":
            self.stdout.write(f"export DATABASE_URL={shlex.quote(found.database_url)}")
            self.stdout.write(f"export MIGRATE_DATABASE_URL={shlex.quote(found.migrate_database_url)}")
            self.stdout.write(f"export REDIS_URL={shlex.quote(found.redis_url)}")
            return
        version = f" {found.postgres_version}" if found.postgres_version else ""
        self.stdout.write(f"PostgreSQL{version}: {'runs' if found.database_runs else 'stopped'}")
        self.stdout.write(f"Broker: {'runs' if found.broker_runs else 'stopped'}")
