from typing import Any

from django.core.management.base import BaseCommand

from people.services.roles import install_roles


class Command(BaseCommand):
    help = "Write the roles that come with ceportal (people/roles.toml); other roles are left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        for role in install_roles().values():
            self.stdout.write(f"{role.code}: {len(role.verbs)} rights")
