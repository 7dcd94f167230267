"""What each app brings of a sort: verbs, notices, rules, grants, menu entries, lines of the clock.

A sort has one `Registry` and one name of a file. Every app may have a file of that name, in which it registers its own; all are
imported at start-up, the lowest app first. So an app is added without a touched line in another.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Protocol, TypeVar

from django.apps import apps
from django.utils.module_loading import module_has_submodule

FILES = ("verbs", "notices", "rules", "grants", "imports", "exports")
"""Names of files in which apps register what they bring."""


class Named(Protocol):
    @property
    def name(self) -> str: ...


Thing = TypeVar("Thing", bound=Named)


class Registry(Mapping[str, Thing]):
    """Things of one sort by name, in the order in which they were registered."""

    def __init__(self, sort: str) -> None:
        self.sort = sort
        self._things: dict[str, Thing] = {}

    def register(self, *things: Thing) -> None:
        """Raises ValueError for a name that another thing has already."""
        for thing in things:
            if self._things.setdefault(thing.name, thing) is not thing:
                raise ValueError(f"{self.sort} {thing.name} is registered twice")

    def __getitem__(self, name: str) -> Thing:
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)


def discover() -> None:
    """Import the files of every app in which it registers what it brings."""
    for app in reversed(list(apps.get_app_configs())):
        for file in FILES:
            if app.module is not None and module_has_submodule(app.module, file):
                import_module(f"{app.name}.{file}")
