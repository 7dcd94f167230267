"""What the acts of a simulation share: the institution, its users, chance, and where studies are offered."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from common.dates import today
from demo.people import People, Weighted
from demo.simulating.cast import Cast
from demo.simulating.study import Study
from demo.simulating.tally import Tally
from learning_centers.models import CenterOffering, Institution, LearningCenter, ProgrammeVersion, School

T = TypeVar("T")
ALMOST_ONE = 0.9999
Class = tuple[int, int]
"""Keys of a centre and of a programme version."""


@dataclass
class Scene:
    institution: Institution
    study: Study
    cast: Cast
    tally: Tally
    scale: float
    rng: random.Random
    people: People
    years: tuple[int, int]
    until: dt.date
    centers: dict[int, LearningCenter] = field(default_factory=dict)
    programmes: dict[int, list[ProgrammeVersion]] = field(default_factory=lambda: defaultdict(list))
    """Versions that a centre offers, in all forms, by centre."""
    offerings: dict[Class, CenterOffering] = field(default_factory=dict)
    decisions: int = 0
    closing: LearningCenter | None = None
    came_to_pass: set[str] = field(default_factory=set)
    """Kinds of requests of which one was approved: of each the first one is, so that it comes to pass also among few."""
    owed: defaultdict[str, float] = field(default_factory=lambda: defaultdict(lambda: ALMOST_ONE))

    @property
    def today(self) -> dt.date:
        return today(self.institution)

    @property
    def unit(self) -> School:
        return School.objects.current().get(institution=self.institution, code=self.study.unit)

    @property
    def paths(self) -> Weighted:
        return Weighted.of(self.study.level_paths)

    def whole(self, what: str, wanted: float) -> int:
        """A whole number for `wanted`; what is less than one is owed until it is, so that rare things come up early."""
        owed = self.owed[what] + wanted
        self.owed[what] = owed - int(owed)
        return int(owed)

    def some(self, what: str, share: float, among: Sequence[T]) -> list[T]:
        """A share of these, by chance and without the others knowing."""
        return self.rng.sample(among, min(len(among), self.whole(what, share * len(among)))) if among else []

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def decision_no(self) -> str:
        self.decisions += 1
        return f"模拟〔{self.today.year}〕{self.decisions}号"
