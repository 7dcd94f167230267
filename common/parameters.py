"""Which parameters of an address a page takes: it declares them by name, and anything else is answered as a bad request before the
page is entered (`ceportal.boundary`). So no column can be asked for that no list shows a filter for.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

KEPT = "_changelist_filters"
"""The filters of the list that one came from, as stock admin hands them on."""


def takes(*names: str) -> Callable[[Any], Any]:
    """Declare the parameters of a page that is a function, a method or a partial; a class of pages has an attribute `takes`."""

    def declare(view: Any) -> Any:
        view.takes = names
        return view

    return declare


def undeclared(view: Any, request: HttpRequest) -> set[str]:
    """The names of the address that the page does not take."""
    declared = getattr(getattr(view, "view_class", view), "takes", ())
    return request.GET.keys() - set(declared)
