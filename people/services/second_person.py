"""Who counts as a second person: never the same one under another account (docs/rules.md §8)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from common.errors import DomainError
from people.models import User


def accounts_of(user: Any) -> set[int]:
    """The accounts that are the same human being's as far as can be told: this one, and those with its e-mail address or name."""
    alike = Q(pk=user.pk)
    if user.email:
        alike |= Q(email__iexact=user.email)
    if user.display_name:
        alike |= Q(display_name=user.display_name)
    return set(User.objects.filter(alike).values_list("pk", flat=True)) if len(alike) > 1 else {user.pk}


def require_second_person(by: Any, first: Iterable[int | None], *, code: str = "second_person") -> None:
    """Raises DomainError (`code`) if one of these accounts (keys; None is nobody) is that of whoever decides now."""
    if accounts_of(by) & set(first):
        raise DomainError(
            _("A second person must decide: you asked for this yourself, under this account or another."), code=code
        )
