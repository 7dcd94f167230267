"""What each app brings of a sort: verbs, notices, rules, grants, menu entries, lines of the clock.

A sort has one `Registry` and one name of a file. Every app may have a file of that name, in which it registers its own; all are
imported at start-up, the lowest app first. So an app is added without a touched line in another.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Protocol, TypeVar

from django.apps import apps
from django.utils.module_loading import module_has_submodule

FILES = ("verbs", "notices", "rules", "grants", "menu", "decisions", "clock", "imports", "exports")
"""Names of files in which apps register what they bring."""


class Named(Protocol):
    """A thing may have `formerly`, names that it had: what was stored under one of them is found."""

    @property
    def name(self) -> str: ...


Thing = TypeVar("Thing", bound=Named)


class Registry(Mapping[str, Thing]):
    """Things of one sort by name, in the order in which they were registered; a former name leads to the thing of today."""

    def __init__(self, sort: str) -> None:
        self.sort = sort
        self._things: dict[str, Thing] = {}
        self._former: dict[str, Thing] = {}

    def register(self, *things: Thing) -> None:
        """Raises ValueError for a name that another thing has or had."""
        for thing in things:
            for name in (thing.name, *_former_names(thing)):
                if self.get(name, thing) is not thing:
                    raise ValueError(f"{self.sort} {name} is registered twice")
            self._things[thing.name] = thing
            self._former |= dict.fromkeys(_former_names(thing), thing)

    def with_former(self, *names: str) -> list[str]:
        """The names, and those that the things had before."""
        return [*names, *(former for name in names if name in self for former in _former_names(self[name]))]

    def __getitem__(self, name: str) -> Thing:
        return self._things[name] if name in self._things else self._former[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)


def _former_names(thing: object) -> tuple[str, ...]:
    return getattr(thing, "formerly", ())


def discover() -> None:
    """Import the files of every app in which it registers what it brings."""
    for app in reversed(list(apps.get_app_configs())):
        for file in FILES:
            if app.module is not None and module_has_submodule(app.module, file):
                import_module(f"{app.name}.{file}")
