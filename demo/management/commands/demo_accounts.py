from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from demo.accounts import open_accounts


class Command(BaseCommand):
    help = "One sign-in for each kind of user; done again it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            signins = open_accounts()
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Sign in with the password {settings.DEMO_PASSWORD} as")
        for signin in signins:
            self.stdout.write(f"  {signin.username:<24}{signin.role.name} · {signin.place}")
