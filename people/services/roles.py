"""The roles that ceportal ships (`common.grants`), brought into the database and kept up to date there."""

from typing import Any

from django.db import transaction

from common.audit import AuditNote, write_audit
from common.grants import GRANTS, ROLES
from common.verbs import VERBS
from people.models import Role, User


def shipped_roles() -> dict[str, dict[str, Any]]:
    """Code → name, name_zh, verbs."""
    return {
        role.name: {
            "name": role.title,
            "name_zh": role.title_zh,
            "verbs": [grant.verb for grant in GRANTS.values() if grant.role == role.name],
        }
        for role in ROLES.values()
    }


@transaction.atomic
def ensure_roles(*, by: Any, reset: bool = False) -> list[str]:
    """Make the shipped roles that are missing and bring the known ones up to date; with `reset` they get their shipped verbs.

    Up to date: what is shipped newly is given, what is no longer shipped is taken, and what staff have given or taken stays.
    Verbs that have another name now are renamed in every role. Returns the codes of the roles that were made or changed. No right
    is asked: whoever may run commands on the server may this.
    """
    touched = _rename_verbs()
    for code, shipped in shipped_roles().items():
        role = Role.objects.select_for_update().filter(code=code).first()
        verbs = shipped["verbs"] if role is None or reset else up_to_date(role.verbs, role.shipped, shipped["verbs"])
        if role is None:
            Role.objects.create(code=code, shipped=verbs, **shipped)
        elif set(verbs) != set(role.verbs) or set(role.shipped) != set(shipped["verbs"]):
            Role.objects.filter(pk=role.pk).update(verbs=verbs, shipped=shipped["verbs"])
        if role is None or set(verbs) != set(role.verbs):
            touched.append(code)
    touched = list(dict.fromkeys(touched))
    if touched:
        write_audit([AuditNote("people.ensure_roles", detail={"roles": touched})], by=by)
    return touched


def update_roles() -> list[str]:
    """After a migration, where the shipped roles are in use."""
    used = Role.objects.filter(code__in=list(ROLES)).exists()
    return ensure_roles(by=User.objects.system()) if used else []


def up_to_date(held: list[str], shipped_before: list[str], shipped_now: list[str]) -> list[str]:
    """What the role held, without what is no longer shipped, and with what is shipped for the first time."""
    gone = set(shipped_before) - set(shipped_now)
    known = {*held, *shipped_before}
    return [verb for verb in held if verb not in gone] + [verb for verb in shipped_now if verb not in known]


def _rename_verbs() -> list[str]:
    """Returns the codes of the roles that held a verb under a former name."""
    touched = []
    for role in Role.objects.select_for_update():
        renamed = [
            [VERBS[verb].name if verb in VERBS else verb for verb in verbs] for verbs in (role.verbs, role.shipped)
        ]
        if renamed != [role.verbs, role.shipped]:
            Role.objects.filter(pk=role.pk).update(verbs=renamed[0], shipped=renamed[1])
            touched.append(role.code)
    return touched
