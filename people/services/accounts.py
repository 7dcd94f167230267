"""Accounts and the roles that they hold; an account without any role would be seen by nobody."""

import secrets
import string
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.audit import AuditNote, write_audit
from common.errors import DomainError
from learning_centers.models import Institution, LearningCenter, Organization, School
from people.models import Membership, Role, User
from people.services.giving import MANAGE, must_choose_anew

PORTAL = "portal.enter"
LEVELS = {"school": School, "center": LearningCenter, "partner": Organization}
READABLE = "".join(set(string.ascii_letters + string.digits) - set("0O1lI"))


def wrong_places(said: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """(field, sentence) of what keeps a role from being held there. The portal shows the centres that one works for: a role
    that enters it and names none would open them all."""
    levels = {level: said[level] for level in LEVELS if said.get(level)}
    for level, row in levels.items():
        if said.get("institution") and row.institution_id != said["institution"].pk:
            yield level, _("This belongs to another institution.")
    if said.get("role") and PORTAL in said["role"].verbs and not levels:
        yield "center", _("Say which centre: without one this role holds for every centre of the institution.")


@transaction.atomic
def grant_role(user: User, role: Role, institution: Institution, *, by: Any, **places: Any) -> Membership:
    """The user holds the role from today on, at the institution or at the school, centre or partner of `places`.

    Right: `people.manage_users`. Raises DomainError `place_not_possible`.
    """
    require(by, MANAGE, institution)
    for _level, sentence in wrong_places({"role": role, "institution": institution, **places}):
        raise DomainError(sentence, code="place_not_possible")
    membership = Membership.objects.create(user=user, role=role, institution=institution, **places)
    note = AuditNote("people.add_membership", membership, detail=facts_of(membership))
    write_audit([note], by=by, institution_id=institution.pk)
    return membership


@transaction.atomic
def open_account(username: str, role: Role, institution: Institution, *, by: Any, **more: Any) -> tuple[User, str]:
    """A new account with its first role and a password that serves once: (user, password).

    `more`: display_name, email, language; school, center or partner. Right: `people.manage_users`. Raises DomainError
    `user_name_not_possible`, `place_not_possible`.
    """
    places = {level: more.pop(level) for level in LEVELS if more.get(level)}
    user = User(username=User.normalize_username(username), **more)
    password = a_password()
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as refused:
        raise DomainError(" ".join(refused.messages), code="user_name_not_possible") from None
    user.save()
    must_choose_anew(user)
    grant_role(user, role, institution, by=by, **places)
    write_audit(
        [AuditNote("people.add_user", user, detail={"username": user.username})], by=by, institution_id=institution.pk
    )
    return user, password


def a_password() -> str:
    """Four groups of four signs that are not mistaken for each other, with all the kinds that a password must have."""
    while True:
        text = "-".join("".join(secrets.choice(READABLE) for _place in range(4)) for _group in range(4))
        if any(map(str.islower, text)) and any(map(str.isupper, text)) and any(map(str.isdigit, text)):
            return text


def facts_of(membership: Membership) -> dict[str, Any]:
    """Who holds which role, where and on which days, as the trail keeps it."""
    places = {level: getattr(membership, level) for level in LEVELS}
    return {
        "username": membership.user.username,
        "role": membership.role.code,
        **{level: getattr(row, "code", "") or str(row.public_id) for level, row in places.items() if row},
        "begin": membership.begin.isoformat(),
        "end": membership.end.isoformat() if membership.end else "",
    }
