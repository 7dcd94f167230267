"""Ethnicities of GB/T 3304 (docs/rules.md §3): number, letters of the romanised form, Chinese name without 族."""

from typing import NamedTuple

from common.codes.tables import read_table


class Ethnicity(NamedTuple):
    code: str
    zh: str
    letters: str


ETHNICITIES = {row["code"]: Ethnicity(**row) for row in read_table("ethnicities")}
CHOICES = [(ethnicity.code, ethnicity.zh) for ethnicity in ETHNICITIES.values()]
_OTHER_NAMES = {"36": ("毛难",), "46": ("崩龙",), "98": ("外国血统",)}
_WITHOUT_SUFFIX = frozenset({"97", "98"})


def spellings() -> dict[str, tuple[str, ...]]:
    """How a file may write each ethnicity: its name with or without 族, the number without its leading zero."""
    result = {}
    for code, ethnicity in ETHNICITIES.items():
        names = (ethnicity.zh, *_OTHER_NAMES.get(code, ()))
        suffixed = () if code in _WITHOUT_SUFFIX else tuple(f"{name}族" for name in names)
        result[code] = (*names, *suffixed, *([code[1]] if code[0] == "0" else []))
    return result


def ethnicity_name(code: str) -> str:
    """汉族 for 01; the code itself where there is none such."""
    if code not in ETHNICITIES:
        return code
    return ETHNICITIES[code].zh if code in _WITHOUT_SUFFIX else f"{ETHNICITIES[code].zh}族"
