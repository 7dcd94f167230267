"""Rules set for a while, as staff would set them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from learning_centers.services.rules import Setting, drop_rule, set_rule
from tests.builders import the_system


@contextmanager
def ruled(institution: Any, name: str, value: Any, **place: Any) -> Iterator[None]:
    setting = set_rule(institution, Setting(name, value, "school rule 1", **place), by=the_system())
    yield
    drop_rule(setting, by=the_system())
