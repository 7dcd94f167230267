"""From an institution's code to a simulated and verified life of some years."""

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

from django.utils.translation import gettext as _

from common.dates import as_on, today
from common.errors import DomainError
from demo.loading import load_institution
from demo.people import People
from demo.simulating.calendar import Act, calendar
from demo.simulating.cast import Cast
from demo.simulating.occurring import what_occurred
from demo.simulating.scene import Scene
from demo.simulating.study import Study, read_study
from demo.simulating.tally import Tally
from demo.simulating.verifying import Check, verify
from enrollment.models import Application
from enrollment.records.services.future import begin_day
from learning_centers.models import Institution
from people.models import User

SERIES = 98
SILENCE = 15
"""Seconds after which it is told how far the play is."""
Say = Callable[[str], None]


@dataclass
class Outcome:
    institution: Institution
    tally: Tally
    checks: list[Check] = field(default_factory=list)
    occurred: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """By act of the calendar."""

    @property
    def is_sound(self) -> bool:
        return not (self.faults or self.tally.unforeseen)

    @property
    def faults(self) -> list[str]:
        """What the services did that they must not, and what does not hold afterwards."""
        return self.tally.faults + [fault for check in self.checks for fault in check.faults]


def simulate_years(
    code: str, first: int, last: int, *, scale: float = 1.0, seed: int = 1, say: Say = lambda _text: None
) -> Outcome:
    """Play the batches of these years and what comes of them, up to the end of the last year or today, and verify.

    An institution that is not there yet is founded from its files, without their students; one that is there keeps what it
    has. The same seed on the same records does the same. Raises DomainError `simulated_already`, `institution_unknown`.
    """
    study = _study(code)
    institution = _institution(study)
    if Application.objects.filter(institution=institution, created_by__username__startswith=Cast.PREFIX).exists():
        raise DomainError(
            _("%(institution)s has been simulated already.") % {"institution": institution}, code="simulated_already"
        )
    until = min(dt.date(last, 12, 31), today(institution))
    acts = calendar(study.batches(first, last), (first, last), until)
    rng = random.Random(f"{code} {seed}")
    with as_on(acts[0].on):
        cast = Cast(institution, since=acts[0].on)
    scene = Scene(institution, study, cast, Tally(), scale, rng, People(rng, SERIES), (first, last), until)
    outcome = Outcome(institution, scene.tally)
    _play(scene, acts, outcome, say)
    started = perf_counter()
    with as_on(until):
        begin_day(institution)
        outcome.occurred = what_occurred(institution)
        outcome.checks = verify(institution, outcome.occurred, first, last, until)
    say(f"verified in {perf_counter() - started:.1f} s")
    return outcome


def _study(code: str) -> Study:
    try:
        return read_study(code)
    except KeyError:
        raise DomainError(
            _("There are no files to simulate %(code)s with.") % {"code": code}, code="institution_unknown"
        ) from None


def _institution(study: Study) -> Institution:
    known = Institution.objects.filter(code=study.files.code).first()
    return known or load_institution(study.files.name, by=User.objects.system(), scale=0).institution


def _play(scene: Scene, acts: list[Act], outcome: Outcome, say: Say) -> None:
    started = told = perf_counter()
    for number, act in enumerate(acts):
        begun = perf_counter()
        with as_on(act.on):
            if number and act.on > acts[number - 1].on:
                scene.tally.do(begin_day, scene.institution)
            act.run(scene)
        outcome.seconds[act.name.partition(" ")[0]] += perf_counter() - begun
        now = perf_counter()
        if number + 1 == len(acts) or acts[number + 1].on.year > act.on.year or now - told > SILENCE:
            say(f"{act.on}  {scene.tally.summary}  {now - started:.1f} s")
            told = now
