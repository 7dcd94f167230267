import re
from decimal import Decimal
from typing import Any

from exchange.types.base import CellType, Context, Refusal

_UNITS = ("学时", "课时", "学分", "小时", "人次", "人", "名", "元", "分", "年")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII)
LENGTHS = frozenset(map(Decimal, ["1.5", "2", "2.5", "3", "3.5", "4", "4.5", "5", "5.5", "6", "7", "8"]))


def plain_number(text: str) -> Decimal:
    """A number with perhaps one unit behind it and groups of three; no percent, no decimal comma."""
    unit = next((unit for unit in _UNITS if text.endswith(unit)), "")
    text = text.removesuffix(unit).strip()
    if not _NUMBER.fullmatch(text):
        raise Refusal("number_invalid")
    return Decimal(text.replace(",", "")).normalize()


class Number(CellType):
    """A decimal number with at most `places` decimals between `low` and `high`, both inclusive."""

    def __init__(self, low: str | None = None, high: str | None = None, *, places: int = 2) -> None:
        self.low = None if low is None else Decimal(low)
        self.high = None if high is None else Decimal(high)
        self.places = places

    def parse(self, text: str, context: Context) -> Decimal:
        number = plain_number(text)
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            raise Refusal("number_invalid")
        if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
            raise Refusal("number_out_of_range")
        return number

    def load(self, value: Any) -> Any:
        return Decimal(value)


class Integer(Number):
    def __init__(self, low: int | None = None, high: int | None = None) -> None:
        super().__init__(None if low is None else str(low), None if high is None else str(high), places=0)

    def parse(self, text: str, context: Context) -> int:  # type: ignore[override]
        return int(super().parse(text, context))

    def load(self, value: Any) -> Any:
        return value


class Length(CellType):
    """Years of study that the national registry accepts."""

    def parse(self, text: str, context: Context) -> Decimal:
        try:
            length = plain_number(text)
        except Refusal:
            length = Decimal(0)
        if length not in LENGTHS:
            raise Refusal("length_not_allowed")
        return length

    def load(self, value: str) -> Decimal:
        return Decimal(value)
