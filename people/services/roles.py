"""The roles that come with ceportal: rights are data, and this is the data to begin with."""

import tomllib
from pathlib import Path

from django.db import transaction

from people.models import Role

FILE = Path(__file__).resolve().parent.parent / "roles.toml"


@transaction.atomic
def install_roles() -> dict[str, Role]:
    """Write the roles of `people/roles.toml`, by code; roles of the institution's own are left alone."""
    described = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {code: Role.objects.update_or_create(code=code, defaults=role)[0] for code, role in described.items()}
