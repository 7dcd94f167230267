"""Provinces, prefectures and counties of GB/T 2260 (docs/rules.md §3)."""

from functools import cache
from typing import NamedTuple

from common.codes.tables import read_table


class Province(NamedTuple):
    """One of the 34 units. `code` has six digits, `letters` are those of ISO 3166-2:CN; `kind` is municipality,
    province, autonomous_region or sar. Never match by the English name: Shanxi and Shaanxi differ by one letter."""

    code: str
    letters: str
    zh: str
    short_zh: str
    en: str
    kind: str


class Region(NamedTuple):
    """A prefecture or county. `last_listed` (YYYYMM) is empty while the code is in use."""

    code: str
    zh: str
    level: str
    last_listed: str

    @property
    def province(self) -> str:
        return f"{self.code[:2]}0000"

    @property
    def prefecture(self) -> str:
        return f"{self.code[:4]}00"


PROVINCES = {row["code"]: Province(**row) for row in read_table("provinces")}
PROVINCE_PREFIXES = frozenset(code[:2] for code in PROVINCES)
MAINLAND_PROVINCES = tuple(code for code in PROVINCES if code[:2] not in {"71", "81", "82"})
PROVINCE_SPELLINGS = {
    spelling: province.code
    for province in PROVINCES.values()
    for spelling in (province.code, province.code[:2], province.zh, province.short_zh)
}


@cache
def regions() -> dict[str, Region]:
    """Every prefecture and county known since 1980 by its code; read on first use."""
    return {row["code"]: Region(**row) for row in read_table("regions")}


def current_regions() -> list[Region]:
    return [region for region in regions().values() if not region.last_listed]
