"""The menus of the registrar's site and of the portal: each app registers its entries in `menu.py`; and the groups of this app."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.registry import Registry


class Placed(Protocol):
    @property
    def position(self) -> int: ...


Entry = TypeVar("Entry", bound=Placed)


@dataclass(frozen=True)
class MenuGroup:
    name: str
    label: Promise
    position: int


@dataclass(frozen=True)
class MenuEntry:
    """The list of a model (`app.model`) in a group of the registrar's site; with a `label`, a page by the name of its address.

    A list that is not registered with the site, or that the user may not see, is left out.
    """

    name: str
    group: str
    position: int
    label: Promise | str = ""


@dataclass(frozen=True)
class PortalEntry:
    """A section of the portal, by the name of its address (`portal:students`)."""

    name: str
    label: Promise
    position: int


@dataclass(frozen=True)
class RecordPage:
    """Where the portal shows a record: the model (`app.model`), and the name of an address that takes its public id."""

    name: str
    page: str


MENU_GROUPS: Registry[MenuGroup] = Registry("group of the menu")
MENU: Registry[MenuEntry] = Registry("menu entry")
PORTAL_MENU: Registry[PortalEntry] = Registry("portal's menu entry")
PORTAL_PAGES: Registry[RecordPage] = Registry("record's page in the portal")


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: one.position)


MENU_GROUPS.register(MenuGroup("oversight", _("Oversight"), 70))
MENU.register(MenuEntry("common.auditevent", "oversight", 10), MenuEntry("common.recording", "oversight", 20))
