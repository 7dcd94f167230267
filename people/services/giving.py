"""A password from somebody else: it opens the account once, to choose an own one (docs/rules.md §8)."""

import secrets
import string
from typing import Any

from axes.utils import reset
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.audit import AuditNote, write_audit
from common.errors import DomainError, NotAllowed
from people.models import Membership, PasswordUsed, User
from people.services.notices import notify

MANAGE = "people.manage_users"
READABLE = "".join(set(string.ascii_letters + string.digits) - set("0O1lI"))


def manages_wholly(user: User, *, by: Any) -> bool:
    """What is changed about an account holds at every place of it: only who manages them all may."""
    held = Membership.objects.not_over().filter(user=user)
    return can(by, MANAGE, user) and not held.exclude(pk__in=held.visible_to(by, MANAGE).values("pk")).exists()


def is_guarded(user: User) -> bool:
    """The account reads personal data or decides: one user alone neither opens it nor sets its password."""
    return Membership.objects.not_over().given_by_two().filter(user=user).exists()


def may_give_password(user: User, *, by: Any) -> bool:
    """The own password is changed by who knows it, never given."""
    return user.pk != by.pk and manages_wholly(user, by=by)


def a_password() -> str:
    """Four groups of four signs that are not mistaken for each other, with all the kinds that a password must have."""
    while True:
        text = "-".join("".join(secrets.choice(READABLE) for _place in range(4)) for _group in range(4))
        if any(map(str.islower, text)) and any(map(str.isupper, text)) and any(map(str.isdigit, text)):
            return text


@transaction.atomic
def give_password(user: User, password: str, *, by: Any) -> None:
    """Set the password anew, which ends every session and lockout of the account, and tell its owner.

    Right: `people.manage_users` at every place of the account; raises NotAllowed. Raises DomainError `second_person` for an account
    that reads personal data or decides (`people.services.granting.ask_for_password`).
    """
    require_to_give(user, by=by)
    if is_guarded(user) and not by.is_system:
        raise DomainError(_("A second person must let this through and hands the password over."), code="second_person")
    set_given_password(user, password, by=by)


def require_to_give(user: User, *, by: Any) -> None:
    if not manages_wholly(user, by=by):
        raise NotAllowed(_("This account also works where you manage nobody."), verb=MANAGE)
    if user.pk == by.pk:
        raise NotAllowed(_("Your own password is changed with the one that you know."), verb=MANAGE)


def set_given_password(user: User, password: str, *, by: Any) -> None:
    """By services that have asked for the right."""
    user.set_password(password)
    user.save(update_fields=["password"])
    must_choose_anew(user)
    reset(username=user.username)
    for place in user.memberships.order_by("institution_id").distinct("institution_id").select_related("institution"):
        write_audit([AuditNote("people.give_password", user)], by=by, institution_id=place.institution_id)
        notify([user], "password_given", institution=place.institution)


def must_choose_anew(user: User) -> None:
    """The present password is known to somebody else: the next sign-in leads to the choice of another."""
    present = PasswordUsed.objects.filter(user=user).latest("pk")
    present.given = True
    present.save(update_fields=["given"])
