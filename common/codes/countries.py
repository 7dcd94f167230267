"""Countries and regions of ISO 3166-1, found by whole name or code, never by a part of one (docs/files.md §4.1)."""

import unicodedata
from typing import NamedTuple

from django.utils.translation import get_language

from common.codes.tables import read_table

REGIONS_OF_CHINA = frozenset({"HKG", "MAC", "TWN"})
NOT_FOREIGN = REGIONS_OF_CHINA | {"CHN"}


class Country(NamedTuple):
    """`is_region` marks Hong Kong, Macao and Taiwan: counted apart, neither domestic nor foreign."""

    iso3: str
    iso2: str
    numeric: str
    en: str
    zh: str
    is_region: bool


def country_key(text: str) -> str:
    """The letters of a name without case, accents, blanks, signs and a leading "the"."""
    words = unicodedata.normalize("NFKD", text).casefold().strip().removeprefix("the ")
    return "".join(character for character in words if character.isalpha())


def _load() -> tuple[dict[str, Country], dict[str, str]]:
    countries, keys = {}, {}
    for row in read_table("countries"):
        iso3 = row["iso3"]
        countries[iso3] = Country(iso3, row["iso2"], row["numeric"], row["en"], row["zh"], iso3 in REGIONS_OF_CHINA)
        for name in (iso3, row["iso2"], row["en"], row["zh"], *row["other_en"].split("|"), *row["other_zh"].split("|")):
            if name:
                keys[country_key(name)] = iso3
    return countries, keys


COUNTRIES, COUNTRY_KEYS = _load()
AMBIGUOUS_KEYS = frozenset(country_key(name) for name in ("刚果", "Congo", "Korea"))


def country_named(text: str) -> Country | None:
    iso3 = COUNTRY_KEYS.get(country_key(text))
    return COUNTRIES[iso3] if iso3 else None


def country_name(iso3: str) -> str:
    """The name in the reader's language; the code itself where there is no such country."""
    if iso3 not in COUNTRIES:
        return iso3
    return COUNTRIES[iso3].zh if (get_language() or "").startswith("zh") else COUNTRIES[iso3].en
