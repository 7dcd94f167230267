"""How parts are put together in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext


def listed(items: Iterable[Any]) -> str:
    """The items that are not empty, with the separator of the language between them."""
    return pgettext("between the items of a list", ", ").join(str(item) for item in items if item)
