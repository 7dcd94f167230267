"""Eighteen-character numbers with a GB 11643 check character: citizens, residence permits of Hong Kong, Macao and
Taiwan people, and the 2023 permanent-residence card of foreigners (docs/rules.md §3)."""

import re
from datetime import date
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from common.codes.regions import PROVINCE_PREFIXES
from common.identifiers.errors import IdentifierError

CHECKED_TYPES = frozenset({"resident_id", "hmt_residence", "foreign_permanent"})
HMT_REGIONS = frozenset({"810000", "820000", "830000"})

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ASCII_ZERO = 48 * sum(_WEIGHTS)
_CHARACTERS = "10X98765432"
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_OLD_PERMANENT = re.compile(r"[A-Z]{3}[0-9]{12}")


class IdentityNumber(NamedTuple):
    """A judged document number. `birth` and `sex` ("male", "female") are None where the number holds none."""

    type: str
    number: str
    birth: date | None = None
    sex: str | None = None

    @property
    def person(self) -> tuple[str, str]:
        return self.type, self.number


def check_character(first_17: str) -> str:
    return _CHARACTERS[(sum(map(mul, _WEIGHTS, first_17.encode("ascii"))) - _ASCII_ZERO) % 11]


def from_15_digits(number: str) -> str:
    """The 18-character form of an old number; a number that has 18 characters already stays as it is."""
    if len(number) != 15:
        return number
    first_17 = f"{number[:6]}19{number[6:]}"
    return first_17 + check_character(first_17)


@lru_cache(maxsize=65536)
def real_day(digits: str) -> date | None:
    """The day written as YYYYMMDD, or None where the calendar has no such day."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def checked_number(kind: str, number: str, today: date) -> IdentityNumber:
    """Judge a number of one of `CHECKED_TYPES`. The first failing test is raised, in the order of docs/files.md §4.3."""
    if kind == "foreign_permanent" and _OLD_PERMANENT.fullmatch(number):
        return IdentityNumber(kind, number)
    if kind == "resident_id" and _FIFTEEN.fullmatch(number):
        number = from_15_digits(number)
    if not _EIGHTEEN.fullmatch(number):
        raise IdentifierError("id_format")
    check_passes = check_character(number[:17]) == number[17]
    if not check_passes and number.endswith("000"):
        raise IdentifierError("id_precision_lost")
    _require_issuer(kind, number)
    birth = real_day(number[6:14])
    if birth is None or birth.year < 1900 or birth > today:
        raise IdentifierError("id_birth_invalid")
    if not check_passes:
        raise IdentifierError("id_check_digit")
    return IdentityNumber(kind, number, birth, "male" if number[16] in "13579" else "female")


def _require_issuer(kind: str, number: str) -> None:
    if kind == "resident_id":
        if number[:2] not in PROVINCE_PREFIXES:
            raise IdentifierError("id_region_unknown")
    elif kind == "hmt_residence":
        if number[:6] not in HMT_REGIONS:
            raise IdentifierError("id_format")
    elif number[0] != "9":
        raise IdentifierError("id_format")
