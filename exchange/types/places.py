import re

from common.codes.countries import AMBIGUOUS_KEYS, country_key, country_named
from common.codes.regions import PROVINCE_PREFIXES, PROVINCE_SPELLINGS
from exchange.types.base import CellType, Context, Refusal


class ProvinceCode(CellType):
    """Six digits of a province, from its code, its first two digits or its Chinese name; never an English name."""

    def parse(self, text: str, context: Context) -> str:
        code = PROVINCE_SPELLINGS.get(text.replace(" ", ""))
        if code is None:
            raise Refusal("region_unknown")
        return code


class RegionCode(CellType):
    """Six digits whose first two are a province; the rest is not judged, codes come and go."""

    def parse(self, text: str, context: Context) -> str:
        code = text.replace(" ", "")
        if not re.fullmatch("[0-9]{6}", code) or code[:2] not in PROVINCE_PREFIXES:
            raise Refusal("region_unknown")
        return code


class Nationality(CellType):
    """The three letters of a country or region, from its whole name or code; never guessed from a part."""

    def parse(self, text: str, context: Context) -> str:
        country = country_named(text)
        if country is None:
            raise Refusal("nationality_ambiguous" if country_key(text) in AMBIGUOUS_KEYS else "nationality_unknown")
        return country.iso3
