"""Invented people with formally valid documents that belong to nobody.

Their identity numbers name a county `PP99NN` of a real province: no prefecture 97 to 99 exists, so no card bears such a number.
Their mobile numbers begin with 140, which is not assigned; their passports and earlier diplomas carry no issued series.
"""

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

from common.identifiers import check_character
from demo.files import habits, names
from people.services import PersonDraft

PASSPORTS = {99: "Z", 98: "Y", 97: "X"}
"""Series of invented people, and the second letter of their passports."""


@dataclass(frozen=True)
class Weighted:
    """Values with cumulative weights, for many draws."""

    values: list[str]
    weights: list[float]

    @classmethod
    def of(cls, table: dict[str, float]) -> "Weighted":
        return cls(list(table), list(accumulate(table.values())))

    def draw(self, rng: random.Random) -> str:
        return rng.choices(self.values, cum_weights=self.weights)[0]


@cache
def _table(name: str) -> Weighted:
    return Weighted.of(names()[name])


class People:
    """Makes persons one after another; no identity number twice within one instance, nor in one of another `series`.

    A series is a prefecture that no province has: 99 for those who are loaded, 98 for the simulation, 97 for `demo.inviting`.
    """

    def __init__(self, rng: random.Random, series: int = 99) -> None:
        self.rng = rng
        self.series = series
        self.given: Counter[tuple[str, dt.date, bool]] = Counter()
        self.made = 0
        self.entry: dict[str, Any] = habits()["entry"]
        self.ages: dict[str, list[int]] = habits()["ages"]

    def person(self, province: str, entry_date: dt.date, level_path: str, *, foreign: bool = False) -> PersonDraft:
        """Someone of that province (six digits) who is of a fitting age on the day of entry; a few are foreigners anyway."""
        rng, self.made = self.rng, self.made + 1
        female = rng.random() < self.entry["female"]
        birth = self._birth(entry_date, level_path)
        sex = "female" if female else "male"
        phone = "" if rng.random() < self.entry["no_phone"] else f"+86140{self.made * 7919 % 100_000_000:08}"
        if rng.random() < self.entry["foreign"] or foreign:
            return self._foreigner(sex, birth, phone)
        return PersonDraft(
            name=self._name(sex),
            id_type="resident_id",
            id_no=self.identity_number(province, birth, female=female),
            sex=sex,
            birth_date=birth,
            ethnicity=_table("ethnicity").draw(rng),
            political_status=_table("political_status").draw(rng),
            phone=phone,
        )

    def _birth(self, entry_date: dt.date, level_path: str) -> dt.date:
        youngest, oldest = self.ages[level_path]
        years = self.rng.triangular(youngest, oldest, youngest + (oldest - youngest) / 3)
        return entry_date - dt.timedelta(days=int(years * 365.25) + 1)

    def _name(self, sex: str) -> str:
        characters = names()["given"][sex]
        count = 1 if self.rng.random() < names()["given"]["single"] else 2
        return _table("family").draw(self.rng) + "".join(self.rng.choices(characters, k=count))

    def identity_number(self, province: str, birth: dt.date, *, female: bool) -> str:
        key = (province, birth, female)
        county, sequence = divmod(self.given[key], 499)
        self.given[key] += 1
        if county > 99:
            raise ValueError("no more invented numbers for this day of birth")
        odd = 2 * sequence + (2 if female else 1)
        first = f"{province[:2]}{self.series}{county:02}{birth:%Y%m%d}{odd:03}"
        return first + check_character(first)

    def _foreigner(self, sex: str, birth: dt.date, phone: str) -> PersonDraft:
        known = habits()["foreign"]
        name = self.rng.choice(known["names"])
        return PersonDraft(
            name=name,
            latin_name=name,
            id_type="passport",
            id_no=f"Z{PASSPORTS[self.series]}{self.made:07}",
            sex=sex,
            birth_date=birth,
            nationality=self.rng.choice(known["countries"]),
            ethnicity="",
            phone=phone,
        )
