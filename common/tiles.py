"""The 34 province units as equal tiles: a map without borders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language

from common.codes.regions import PROVINCES

PLACES = {
    "HL": (1, 9), "NM": (2, 7), "JL": (2, 9),
    "XJ": (3, 2), "GS": (3, 4), "NX": (3, 5), "SX": (3, 6), "BJ": (3, 7), "TJ": (3, 8), "LN": (3, 9),
    "XZ": (4, 2), "QH": (4, 3), "SN": (4, 5), "HA": (4, 6), "HE": (4, 7), "SD": (4, 8),
    "SC": (5, 4), "CQ": (5, 5), "HB": (5, 6), "AH": (5, 7), "JS": (5, 8), "SH": (5, 9),
    "GZ": (6, 5), "HN": (6, 6), "JX": (6, 7), "ZJ": (6, 8),
    "YN": (7, 4), "GX": (7, 5), "GD": (7, 6), "FJ": (7, 7), "TW": (7, 8),
    "HI": (8, 5), "MO": (8, 6), "HK": (8, 7),
}  # fmt: skip
"""Row and column by ISO 3166-2:CN letters; neighbours stay neighbours as far as a grid admits."""

STEPS = 5


@dataclass(frozen=True)
class Tile:
    code: str
    label: str
    name: str
    row: int
    column: int
    value: int
    step: int
    url: str | None


def province_name(code: str) -> str:
    """The short name in the reader's language; the code itself where there is no such province."""
    if code not in PROVINCES:
        return code
    chinese = (get_language() or "").startswith("zh")
    return PROVINCES[code].short_zh if chinese else PROVINCES[code].en


def tile_map(values: Mapping[str, int], url: Callable[[str], str | None] = lambda code: None) -> list[Tile]:
    """All 34 tiles with their values by six-digit code; `step` 0 = nothing, 1–5 by the rank of the value among the others."""
    present = sorted({value for value in values.values() if value > 0})
    tiles = []
    for code, province in PROVINCES.items():
        value = values.get(code, 0)
        step = 1 + present.index(value) * STEPS // len(present) if value > 0 else 0
        chinese = (get_language() or "").startswith("zh")
        row, column = PLACES[province.letters]
        label = province.short_zh if chinese else province.letters
        tiles.append(Tile(code, label, province_name(code), row, column, value, step, url(code) if value else None))
    return tiles
