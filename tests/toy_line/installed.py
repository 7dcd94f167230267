"""The toy line as a site has it that names it in INSTALLED_APPS, and a site without it afterwards."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.test import modify_settings

from common.registry import FILES, Registry

APP = "tests.toy_line"


def registries() -> list[Registry]:
    """All that there are, each once, wherever they stand."""
    found = {
        id(value): value
        for module in list(sys.modules.values())
        for value in list(getattr(module, "__dict__", {}).values())
        if isinstance(value, Registry)
    }
    return list(found.values())


@contextmanager
def installed() -> Iterator[None]:
    """Django starts all apps once more, so the files of this one are found as at any start."""
    kept = [(one, dict(one._things), dict(one._former)) for one in registries()]
    try:
        with modify_settings(INSTALLED_APPS={"prepend": APP}):
            yield
    finally:
        for registry, things, former in kept:
            registry._things, registry._former = things, former
        for file in FILES:
            sys.modules.pop(f"{APP}.{file}", None)
