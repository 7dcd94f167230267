from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from learning_centers.models import Institution, LearningCenter, School
from people.models import Role, User
from people.services.accounts import open_account
from people.services.roles import ensure_roles, shipped_roles


class Command(BaseCommand):
    help = "Open an account with a role, say the first administrator's; prints the password that serves at the first sign-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", default="sysadmin", help=f"{', '.join(shipped_roles())}, or one of your own")
        parser.add_argument("--institution", required=True, metavar="CODE", help="its national code")
        parser.add_argument("--school", metavar="CODE", help="the role holds in this school or office alone")
        parser.add_argument("--center", metavar="CODE", help="the role holds at this learning centre alone")
        parser.add_argument("--name", default="", help="the name to show")
        parser.add_argument("--email", default="", help="where notices are mailed to")
        parser.add_argument("--language", default="", choices=["", "en", "zh-hans"])

    def handle(self, *args: Any, **said: Any) -> None:
        by = User.objects.system()
        ensure_roles(by=by)
        institution = _one(Institution, code=said["institution"])
        places = {
            name: _one(model, institution=institution, code=said[name])
            for name, model in (("school", School), ("center", LearningCenter))
            if said[name]
        }
        account = {"display_name": said["name"], "email": said["email"], "language": said["language"]}
        try:
            user, password = open_account(
                said["username"], _one(Role, code=said["role"]), institution, by=by, **account, **places
            )
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from None
        self.stdout.write(f"{user.username}: {password}")


def _one(model: Any, **terms: Any) -> Any:
    rows = model.objects.current() if hasattr(model.objects, "current") else model.objects
    if (row := rows.filter(**terms).first()) is None:
        raise CommandError(f"no {model._meta.verbose_name} {terms['code']!r}")
    return row
