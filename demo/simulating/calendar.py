"""What is done when: the days of a batch, counted from its first one, and the days of every year."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from common.batches import first_day
from demo.simulating import closing
from demo.simulating.applying import amend_returned, apply, apply_too_late
from demo.simulating.arriving import (
    arrive,
    arrive_late,
    ask_for_time,
    give_notice,
    lapse,
    lapse_kept,
    register,
    return_after_a_year,
)
from demo.simulating.asking import decide_requests
from demo.simulating.correcting import correct, take_back, withdraw_ahead
from demo.simulating.deciding import decide, turn_away
from demo.simulating.enrolled import check_entitlement, register_the_year
from demo.simulating.founding import file_centers, found
from demo.simulating.planning import plan_batch
from demo.simulating.scene import Scene
from demo.simulating.studying import ask_for_changes, finish
from demo.simulating.transferring import decide_transfers, receive, welcome
from demo.simulating.watching import after_notice, watch

OfBatch = Callable[[Scene, str], None]
OfYear = Callable[[Scene], None]

BATCH: tuple[tuple[int, OfBatch], ...] = (
    (-105, plan_batch),
    (-95, partial(apply, share=0.5)),
    (-80, decide),
    (-70, partial(apply, share=0.3)),
    (-55, decide),
    (-45, partial(apply, share=0.2)),
    (-40, apply_too_late),
    (-35, amend_returned),
    (-15, turn_away),
    (-10, give_notice),
    (1, partial(arrive, share=0.6)),
    (9, ask_for_time),
    (16, lapse),
    (20, register),
    (25, arrive_late),
    (31, lapse),
    (32, register),
    (80, check_entitlement),
    (366, return_after_a_year),
    (370, register),
    (385, lapse_kept),
)
"""Days before and after the first day of a batch."""

YEAR: tuple[tuple[tuple[int, int], OfYear], ...] = (
    ((1, 10), finish),
    ((1, 20), decide_requests),
    ((2, 20), watch),
    ((3, 24), receive),
    ((3, 26), ask_for_changes),
    ((3, 27), decide_transfers),
    ((3, 30), welcome),
    ((4, 6), decide_requests),
    ((4, 8), withdraw_ahead),
    ((4, 10), after_notice),
    ((4, 12), decide_requests),
    ((5, 20), correct),
    ((6, 10), ask_for_changes),
    ((6, 18), decide_requests),
    ((6, 20), withdraw_ahead),
    ((7, 10), finish),
    ((7, 20), decide_requests),
    ((8, 20), take_back),
    ((8, 28), decide_requests),
    ((9, 12), register_the_year),
    ((10, 13), receive),
    ((10, 15), ask_for_changes),
    ((10, 16), decide_transfers),
    ((10, 19), welcome),
    ((10, 25), decide_requests),
    ((11, 8), file_centers),
    ((11, 20), watch),
    ((12, 5), ask_for_changes),
    ((12, 12), after_notice),
    ((12, 15), decide_requests),
)
"""Month and day."""

CLOSING: tuple[tuple[tuple[int, int], OfYear], ...] = (
    ((10, 6), closing.stop),
    ((10, 8), closing.ask_to_move),
    ((11, 2), closing.move),
    ((12, 28), closing.move_the_rest),
    ((12, 29), closing.revoke),
)
"""In the year before the last one, between two batches."""

LEAD = 115
"""Days before the first batch on which everything begins."""


class Act(NamedTuple):
    on: dt.date
    name: str
    run: OfYear


def calendar(batches: list[str], years: tuple[int, int], until: dt.date) -> list[Act]:
    """All acts up to `until` in the order of their days; those of one day in the order of the tables."""
    begin = first_day(batches[0]) - dt.timedelta(days=LEAD)
    acts = [
        Act(begin, "found", found),
        Act(begin, "file_centers", file_centers),
        *_of_batches(batches),
        *_of_years(years),
    ]
    return sorted((act for act in acts if begin <= act.on <= until), key=lambda act: act.on)


def _of_batches(batches: list[str]) -> Iterator[Act]:
    for code in batches:
        for days, run in BATCH:
            yield Act(first_day(code) + dt.timedelta(days=days), f"{_name(run)} {code}", partial(_for_batch, run, code))


def _of_years(years: tuple[int, int]) -> Iterator[Act]:
    closing_year = max(years[0], years[1] - 1)
    for year in range(years[0], years[1] + 1):
        for (month, day), run in (*YEAR, *(CLOSING if year == closing_year else ())):
            yield Act(dt.date(year, month, day), _name(run), run)


def _for_batch(run: OfBatch, code: str, scene: Scene) -> None:
    run(scene, code)


def _name(run: Callable[..., None]) -> str:
    return getattr(run, "func", run).__name__
