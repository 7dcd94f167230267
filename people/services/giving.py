"""A password from somebody else: it opens the account once, to choose an own one (domain.md §8)."""

from typing import Any

from axes.utils import reset
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.audit import AuditNote, write_audit
from common.dates import today
from common.errors import NotAllowed
from people.models import Membership, PasswordUsed, User
from people.services.notices import notify

MANAGE = "people.manage_users"


def manages_wholly(user: User, *, by: Any) -> bool:
    """What is changed about an account holds at every place of it: only who manages them all may."""
    held = Membership.objects.filter(Q(end__isnull=True) | Q(end__gt=today()), user=user)
    return can(by, MANAGE, user) and not held.exclude(pk__in=held.visible_to(by, MANAGE).values("pk")).exists()


def may_give_password(user: User, *, by: Any) -> bool:
    """The own password is changed by who knows it, never given."""
    return user.pk != by.pk and manages_wholly(user, by=by)


@transaction.atomic
def give_password(user: User, password: str, *, by: Any) -> None:
    """Set the password anew, which ends every session and lockout of the account, and tell its owner.

    Right: `people.manage_users` at every place of the account; raises NotAllowed.
    """
    if not manages_wholly(user, by=by):
        raise NotAllowed(_("This account also works where you manage nobody."), verb=MANAGE)
    if user.pk == by.pk:
        raise NotAllowed(_("Your own password is changed with the one that you know."), verb=MANAGE)
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
