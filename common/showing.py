"""How many persons a page shows. Pages say it, and the request is counted once for all of them (`ceportal.limits`)."""

from collections.abc import Sized
from functools import cache
from typing import Any

from django.db.models import Model


def show_persons(request: Any, count: int) -> None:
    """So many persons, or rows of persons, stand on the page."""
    request.persons_shown = persons_shown(request) + count


def persons_shown(request: Any) -> int:
    return getattr(request, "persons_shown", 0)


def show_rows(request: Any, model: type[Model], rows: Sized) -> None:
    """These rows of the model stand on the page; they count where each tells of one person."""
    if tells_of_a_person(model):
        show_persons(request, len(rows))


@cache
def tells_of_a_person(model: type[Model]) -> bool:
    """A model that says so (`OF_A_PERSON`), and whatever points to one that does."""
    pointed = (field.related_model for field in model._meta.concrete_fields if field.is_relation)
    return any(getattr(one, "OF_A_PERSON", False) for one in (model, *pointed))
