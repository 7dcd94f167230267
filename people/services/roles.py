"""The roles that ceportal ships, from `people/roles.toml` into the database."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from common.audit import AuditNote, write_audit
from people.models import Role

FILE = Path(__file__).parent.parent / "roles.toml"


@cache
def shipped_roles() -> dict[str, dict[str, Any]]:
    """Code → name, name_zh, verbs."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@transaction.atomic
def ensure_roles(*, by: Any, reset: bool = False) -> list[str]:
    """Make the shipped roles that are missing; with `reset` also give the known ones their shipped verbs again.

    Returns the codes of the roles that were made or changed. No right is asked: whoever may run commands on the server may this.
    """
    touched = []
    for code, shipped in shipped_roles().items():
        role = Role.objects.select_for_update().filter(code=code).first()
        if role is not None and (not reset or role.verbs == shipped["verbs"]):
            continue
        Role.objects.update_or_create(code=code, defaults=shipped)
        touched.append(code)
    if touched:
        write_audit([AuditNote("people.ensure_roles", detail={"roles": touched})], by=by)
    return touched
