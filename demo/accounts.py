"""Accounts to try ceportal with; they exist only where the settings allow them."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from common.audit import AuditNote, write_audit
from demo.files import FOLDER, read_toml
from learning_centers.models import Institution, LearningCenter, School
from people.models import Membership, Role, User
from people.services.roles import ensure_roles

NOWHERE = "demo.invalid"
"""A domain that can never exist (RFC 2606): letters of the demo reach nobody, whatever server is named."""


@dataclass(frozen=True)
class SignIn:
    username: str
    role: str
    institution: str


@transaction.atomic
def make_demo_accounts() -> list[SignIn]:
    """Make the accounts of `accounts.toml` whose institution is loaded; known ones stay as they are.

    Nothing is made where demo accounts are off or no password is set.
    """
    if not (settings.DEMO_ACCOUNTS and settings.DEMO_PASSWORD):
        return []
    ensure_roles(by=User.objects.system())
    made = []
    for told in read_toml(FOLDER / "accounts.toml")["account"]:
        institution = Institution.objects.filter(code=told["institution"]).first()
        if institution is not None:
            _make(told, institution)
            made.append(SignIn(told["username"], told["role"], institution.local_name))
    return made


def _make(told: dict[str, str], institution: Institution) -> None:
    if User.objects.filter(username=told["username"]).exists():
        return
    user = User.objects.create_user(
        told["username"],
        settings.DEMO_PASSWORD,
        display_name=told["name"],
        email=f"{told['username']}@{NOWHERE}",
        is_demo=True,
    )
    level: dict[str, Any] = {}
    if "center" in told:
        level["center"] = LearningCenter.objects.current().get(institution=institution, code=told["center"])
    if "school" in told:
        level["school"] = School.objects.current().get(institution=institution, code=told["school"])
    Membership.objects.create(user=user, role=Role.objects.get(code=told["role"]), institution=institution, **level)
    note = AuditNote("demo.make_account", user, detail={"role": told["role"]})
    write_audit([note], by=User.objects.system(), institution_id=institution.pk)
