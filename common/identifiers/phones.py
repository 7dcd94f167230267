"""Telephone numbers in E.164 (docs/files.md §4.1)."""

import re

from common.identifiers.errors import IdentifierError

_REMOVED = str.maketrans("", "", " -()")
_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"0([0-9]{9,11})")
_CHINESE = re.compile(r"\+86(?!1[0-9]{10}$)[1-9][0-9]{8,10}")
_FOREIGN = re.compile(r"\+(?!86)[0-9]{7,15}")
_UNASSIGNED = frozenset({"140", "141", "142", "143", "144", "154", "160", "161", "163", "164", "168", "169", "179"})


def phone_number(text: str) -> str:
    number = text.translate(_REMOVED)
    if match := _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number):
        return f"+86{match[1]}"
    if _FOREIGN.fullmatch(number) or _CHINESE.fullmatch(number):
        return number
    raise IdentifierError("phone_invalid")


def is_known_mobile_prefix(number: str) -> bool:
    """False for a Chinese mobile number whose prefix no operator uses yet: a reason to ask, not to refuse."""
    return not (number.startswith("+861") and len(number) == 14 and number[3:6] in _UNASSIGNED)
