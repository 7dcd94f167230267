"""Rules that differ by school, province or year: what one is, and what each app ships in its `rules.py`, with a default and a
source. What holds somewhere on a day is asked of `learning_centers.rules`, since institutions set them anew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.registry import Registry


@dataclass(frozen=True)
class Rule:
    """`name` is that of its settings; `type` is bool, int, Decimal, str or list (of strings); `source`, in words, and `unit` are
    shown beside the value."""

    name: str
    label: Promise
    type: type
    default: Any
    source: Promise
    unit: Promise | str = ""
    hint: Promise | str = ""
    """How a value is written."""
    choices: Mapping[str, Any] = field(default_factory=dict)
    """Each possible value and what it is called."""
    least: int | None = None
    most: int | None = None
    check: Callable[[Any], Any] | None = None
    """Raises ValueError for a value of the right type that cannot be."""
    guards: bool = False
    """It protects persons from what one user alone could do, so one user alone does not change it."""
    formerly: tuple[str, ...] = ()
    """Names that it had: what was set under them holds."""

    def read(self, value: Any) -> Any:
        """A value as it was set, in the rule's type; raises ValueError where it cannot be one."""
        if self.type is Decimal:
            try:
                value = Decimal(str(value))
            except InvalidOperation as error:
                raise ValueError(str(value)) from error
        if not isinstance(value, self.type) or (self.type is int and isinstance(value, bool)):
            raise ValueError(str(value))
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            too_low = self.least is not None and value < self.least
            if too_low or (self.most is not None and value > self.most):
                raise ValueError(str(value))
        if self.choices and any(one not in self.choices for one in (value if isinstance(value, list) else [value])):
            raise ValueError(str(value))
        if self.check:
            self.check(value)
        return value

    def hold(self, value: Any) -> Any:
        """A stored value as it holds: one from before a bound was drawn holds up to the bound."""
        try:
            return self.read(value)
        except ValueError:
            return self._within_bounds(value)

    def _within_bounds(self, value: Any) -> Any:
        if self.type is list and isinstance(value, list):
            return [one for one in value if one in self.choices]
        if self.type is int and isinstance(value, int | float) and not isinstance(value, bool):
            above = int(value) if self.least is None else max(int(value), self.least)
            return above if self.most is None else min(above, self.most)
        return self.default


RULES: Registry[Rule] = Registry("rule")

DAYS, MONTHS, YEARS, ROWS, AN_HOUR = _("days"), _("months"), _("years"), _("rows"), _("an hour")

CHOSEN = _("Chosen by ceportal; no regulation says it.")
USUAL = _("Usual in the rules of universities; yours may differ.")
NOTICES = _("Published notices of universities.")
REFORM = _("Reform of degree continuing education, 教职成〔2022〕2号.")
REGISTRY = _("The national registry of student records.")
PHOTOS = _("The registry's rules for photos.")
PRIVACY = _("Personal Information Protection Law.")
"""What the shipped values rest on; the research behind each stands as a comment."""
