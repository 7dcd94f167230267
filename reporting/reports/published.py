"""Sums of published figures: what several claims say together (docs/rules.md §1c, worked example 13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from reporting.models import PublishedFigure, Qualifier

LOWER = {Qualifier.GREATER, Qualifier.AT_LEAST}


@dataclass(frozen=True)
class Bound:
    """A number with its qualifier, as one figure or several together say it."""

    value: Decimal
    qualifier: Qualifier


def together(figures: Iterable[PublishedFigure]) -> Bound:
    """The sum of claims: "more than" carries over to the whole, "about" makes it approximate.

    Raises DomainError `claims_do_not_add` where one gives a lower and another an upper bound, or there is none.
    """
    claims = [(figure.value, Qualifier(figure.qualifier)) for figure in figures]
    kinds = {qualifier for _value, qualifier in claims} - {Qualifier.EQUAL}
    value = sum((value for value, _qualifier in claims), Decimal(0))
    if not claims or (Qualifier.LESS in kinds and kinds & LOWER):
        raise DomainError(_("These figures do not add up to a claim."), code="claims_do_not_add")
    if Qualifier.ABOUT in kinds:
        return Bound(value, Qualifier.ABOUT)
    for qualifier in (Qualifier.GREATER, Qualifier.AT_LEAST, Qualifier.LESS):
        if qualifier in kinds:
            return Bound(value, qualifier)
    return Bound(value, Qualifier.EQUAL)
