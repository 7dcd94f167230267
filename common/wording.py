"""How parts are put together in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext


def labelled(label: Any, said: Any) -> str:
    """What is said, after what it is said of."""
    return pgettext("a label before what is said", "%(label)s: %(said)s") % {"label": label, "said": said}


def listed(items: Iterable[Any]) -> str:
    """The items that are not empty, with the separator of the language between them."""
    return pgettext("between the items of a list", ", ").join(str(item) for item in items if item)
