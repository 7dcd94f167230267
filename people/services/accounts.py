"""Accounts and the roles that they hold; an account without any role would be seen by nobody."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.audit import AuditNote, write_audit
from common.errors import DomainError, NotAllowed
from learning_centers.models import Institution, LearningCenter, Organization, School
from people.models import Membership, Role, User
from people.services.giving import MANAGE, a_password, must_choose_anew

PORTAL = "portal.enter"
LEVELS = {"school": School, "center": LearningCenter, "partner": Organization}


def wrong_places(said: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """(field, sentence) of what keeps a role from being held there. The portal shows the centres that one works for: a role
    that enters it and names none would open them all."""
    levels = {level: said[level] for level in LEVELS if said.get(level)}
    for level, row in levels.items():
        if said.get("institution") and row.institution_id != said["institution"].pk:
            yield level, _("This belongs to another institution.")
    if said.get("role") and PORTAL in said["role"].verbs and not levels:
        yield "center", _("Say which centre: without one this role holds for every centre of the institution.")


def check_grant(user: User, role: Role, institution: Institution, *, by: Any, **places: Any) -> None:
    """Whether this role could be given by this user, also where it needs a second person. Raises as `grant_role` does."""
    require(by, MANAGE, institution)
    if user.pk == by.pk:
        raise NotAllowed(_("Nobody gives rights to themselves."), verb=MANAGE)
    for _level, sentence in wrong_places({"role": role, "institution": institution, **places}):
        raise DomainError(sentence, code="place_not_possible")


def require_two(role: Role, by: Any, approved_by: Any) -> None:
    """Raises DomainError `second_person` for a role that reads personal data or decides where nobody else has approved it."""
    if role.is_given_by_two and not by.is_system and (approved_by is None or approved_by.pk == by.pk):
        raise DomainError(_("A second person must let this role through."), code="second_person")


@transaction.atomic
def grant_role(
    user: User, role: Role, institution: Institution, *, by: Any, approved_by: Any = None, **more: Any
) -> Membership:
    """The user holds the role, at the institution or at the school, centre or partner that `more` names; `begin` (today) and
    `end` may be there too.

    Right: `people.manage_users`, never for oneself. Raises DomainError `place_not_possible`, `second_person` for a role that reads
    personal data or decides (`people.services.granting` asks for it).
    """
    check_grant(user, role, institution, by=by, **{level: more.get(level) for level in LEVELS})
    require_two(role, by, approved_by)
    membership = Membership.objects.create(user=user, role=role, institution=institution, **more)
    note = AuditNote("people.add_membership", membership, detail=facts_of(membership))
    write_audit([note], by=by, institution_id=institution.pk)
    return membership


@transaction.atomic
def open_account(
    username: str, role: Role, institution: Institution, *, by: Any, approved_by: Any = None, **more: Any
) -> tuple[User, str]:
    """A new account with its first role and a password that serves once: (user, password).

    `more`: display_name, email, language; school, center or partner. Right: `people.manage_users`. Raises DomainError
    `user_name_not_possible` and what `grant_role` raises.
    """
    places = {level: more.pop(level) for level in LEVELS if level in more}
    user = User(username=User.normalize_username(username), **more)
    password = a_password()
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as refused:
        raise DomainError(" ".join(refused.messages), code="user_name_not_possible") from None
    user.save()
    must_choose_anew(user)
    grant_role(user, role, institution, by=by, approved_by=approved_by, **places)
    write_audit(
        [AuditNote("people.add_user", user, detail={"username": user.username})], by=by, institution_id=institution.pk
    )
    return user, password


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
