"""Quotients of exact integers, taken where they are shown (docs/rules.md §6.2)."""

from decimal import Decimal

PERCENT = "percent"


def share(numerator: int, denominator: int, *, percent: bool = True) -> Decimal | None:
    """With two decimals, half up; None where there is nothing to divide by."""
    if not denominator:
        return None
    factor = 100 if percent else 1
    hundredths = (abs(numerator) * factor * 200 + abs(denominator)) // (2 * abs(denominator))
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    return Decimal(sign * hundredths).scaleb(-2)
