"""Roles that are shipped and the rights that they hold: each app grants its own verbs in `grants.py`.

A role may be shipped by one app and hold rights of many. `people.services.roles` brings both into the database, where staff may
change them.
"""

from dataclasses import dataclass

from common.registry import Registry


@dataclass(frozen=True)
class ShippedRole:
    """`name` is its code; titles are kept in both languages, since an institution may change them."""

    name: str
    title: str
    title_zh: str


@dataclass(frozen=True)
class Grant:
    """A shipped role (its code) holds a right."""

    role: str
    verb: str

    @property
    def name(self) -> str:
        return f"{self.role}: {self.verb}"


ROLES: Registry[ShippedRole] = Registry("role")
GRANTS: Registry[Grant] = Registry("grant")


def grants(role: str, *verbs: str) -> list[Grant]:
    return [Grant(role, verb) for verb in verbs]


GRANTS.register(
    *grants(
        "auditor",
        "common.view_trail",
    ),
)
