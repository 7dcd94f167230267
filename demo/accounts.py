"""Accounts to try ceportal with; they exist only where the settings allow them."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from common.audit import AuditNote, write_audit
from common.dates import today
from demo.files import FOLDER, read_toml
from learning_centers.models import Institution, LearningCenter, School
from people.models import Membership, Role, User
from people.services.roles import ensure_roles

NOWHERE = "demo.invalid"
"""A domain that can never exist (RFC 2606): letters of the demo reach nobody, whatever server is named."""


SINCE = dt.date(2020, 1, 1)
"""The demo's users have been there as long as anything that is decided in it."""


@dataclass(frozen=True)
class SignIn:
    """`tries` says what to try as this user."""

    username: str
    role: str
    institution: str
    tries: str = ""


@dataclass(frozen=True)
class Account:
    """One user with one role: at the institution, in one of its schools or at one of its centres."""

    username: str
    name: str
    role: str
    institution: Institution
    school: School | None = None
    center: LearningCenter | None = None
    email: str = ""
    since: dt.date | None = None


@transaction.atomic
def make_demo_accounts() -> list[SignIn]:
    """Make the accounts of `accounts.toml` whose institution is loaded; known ones stay as they are.

    Nothing is made where demo accounts are off or no password is set.
    """
    if not (settings.DEMO_ACCOUNTS and settings.DEMO_PASSWORD):
        return []
    ensure_roles(by=User.objects.system(), reset=True)
    made = []
    for told in read_toml(FOLDER / "accounts.toml")["account"]:
        institution = Institution.objects.filter(code=told["institution"]).first()
        if institution is not None:
            make_account(_account(told, institution), password=settings.DEMO_PASSWORD)
            made.append(SignIn(told["username"], told["role"], institution.local_name, told.get("tries", "")))
    return made


def _account(told: dict[str, str], institution: Institution) -> Account:
    known = {"institution": institution}
    return Account(
        told["username"],
        told["name"],
        told["role"],
        institution,
        School.objects.current().get(**known, code=told["school"]) if "school" in told else None,
        LearningCenter.objects.current().get(**known, code=told["center"]) if "center" in told else None,
        email=f"{told['username']}@{NOWHERE}",
        since=SINCE,
    )


def make_account(account: Account, *, password: str | None) -> User:
    """The user of this name, made with the membership if there is none yet; without a password nobody can sign in."""
    if known := User.objects.filter(username=account.username).first():
        return known
    named = {"display_name": account.name, "email": account.email}
    user = User.objects.create_user(account.username, password, is_demo=True, **named)
    Membership.objects.create(
        user=user,
        role=Role.objects.get(code=account.role),
        institution=account.institution,
        school=account.school,
        center=account.center,
        begin=account.since or today(account.institution),
    )
    note = AuditNote("demo.make_account", user, detail={"role": account.role})
    write_audit([note], by=User.objects.system(), institution_id=account.institution.pk)
    return user
