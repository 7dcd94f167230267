"""Invented lives: what happens between entry and today, as change documents that `enrollment.records.life` accepts."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from demo.files import habits
from demo.people import Weighted
from enrollment.models import StudentChange
from enrollment.records.models.changes import ChangeKind
from enrollment.services import ChangeDraft

TRANSFER_MONTHS = (3, 10)


@dataclass(frozen=True)
class Target:
    """Where a student could move to."""

    code: str
    center_id: int | None = None
    programme_version_id: int | None = None


@dataclass(frozen=True)
class Terms:
    """Under which a life runs: when it begins, how long it normally takes, and what the records cover."""

    entry_date: dt.date
    years: Decimal
    carried_over: bool
    complete_from: dt.date
    until: dt.date
    center_code: str
    major_code: str
    other_center: Callable[[dt.date], Target | None]
    other_major: Callable[[dt.date], Target | None]


@dataclass
class Lives:
    rng: random.Random
    habits: dict[str, Any] = field(default_factory=habits)
    decisions: int = 0

    def __post_init__(self) -> None:
        self.ends = Weighted.of(self.habits["ends"])

    def changes(self, terms: Terms) -> tuple[ChangeDraft, ...]:
        """Change documents in the order of their days, none after `terms.until`, none ending a carried-over life early."""
        end = self._end(terms)
        last = min(end.effective_date if end else terms.until, terms.until)
        suspension = self._suspension(terms, last)
        events = [*suspension, *self._moves(terms, last, suspension)]
        away = bool(suspension) and suspension[-1].kind != ChangeKind.RESUME
        latest = max((draft.effective_date for draft in events), default=terms.entry_date - dt.timedelta(days=1))
        if end and not away and latest < end.effective_date <= terms.until:
            events += [end, *self._later_diploma(terms, end)]
        return tuple(sorted(events, key=lambda draft: draft.effective_date))

    def _end(self, terms: Terms) -> ChangeDraft | None:
        kind = self.ends.draw(self.rng)
        if kind == "goes_on":
            return None
        if kind in ("graduate", "graduate_later", "complete"):
            delay = 0 if kind == "graduate" else self.rng.choice((1, 1, 2))
            return self._document(terms, kind.removesuffix("_later"), self._conferral(terms, delay))
        first, span = terms.entry_date, int(terms.years * 365)
        if kind == "cancel":
            span = 90
        day = first + dt.timedelta(days=self.rng.randint(0 if kind == "withdraw" else 20, span))
        while terms.carried_over and day <= terms.complete_from:
            day += dt.timedelta(days=self.rng.randint(90, 400))
        if kind == "transfer_out":
            day = day.replace(month=self.rng.choice(TRANSFER_MONTHS), day=self.rng.randint(1, 28))
            day = day.replace(year=day.year + 1) if day <= max(first, terms.complete_from) else day
        return self._document(terms, kind, day)

    def _conferral(self, terms: Terms, delay: int) -> dt.date:
        """A conferral day: within the last term or `delay` terms later, and not before the records begin."""
        months = int(terms.years * 12)
        full = terms.entry_date.year * 12 + terms.entry_date.month - 1 + months
        finished = dt.date(full // 12, full % 12 + 1, 1)
        early = dt.timedelta(days=self.habits["conferral"]["first_of_term_days"])
        day = self._next_conferral(finished - early)
        for _ in range(delay):
            day = self._next_conferral(day + dt.timedelta(days=1))
        while terms.carried_over and day < terms.complete_from + dt.timedelta(days=self.rng.randint(1, 200)):
            day = self._next_conferral(day + dt.timedelta(days=1))
        return day

    def _next_conferral(self, day: dt.date) -> dt.date:
        days = [f"{year}-{one}" for year in (day.year, day.year + 1) for one in self.habits["conferral"]["days"]]
        return min(found for found in map(dt.date.fromisoformat, days) if found >= day)

    def _suspension(self, terms: Terms, last: dt.date) -> list[ChangeDraft]:
        rates = self.habits["suspension"]
        room = (last - terms.entry_date).days - 2
        if self.rng.random() >= rates["share"] or room < 40:
            return []
        begin = terms.entry_date + dt.timedelta(days=self.rng.randint(30, room))
        first = self._document(terms, ChangeKind.SUSPEND, begin)
        over = begin + dt.timedelta(days=self.rng.randint(150, 400))
        what = self.rng.random()
        if what < rates["returns"] and over <= terms.until:
            return [first, self._document(terms, ChangeKind.RESUME, over)]
        over = max(over, terms.complete_from + dt.timedelta(days=self.rng.randint(1, 300)))
        if rates["returns"] <= what < rates["returns"] + rates["withdraws"] and over <= terms.until:
            return [first, self._document(terms, ChangeKind.WITHDRAW, over)]
        return [first]

    def _moves(self, terms: Terms, last: dt.date, suspension: list[ChangeDraft]) -> list[ChangeDraft]:
        """At most one move, before anything else happens."""
        last = min([last, *(draft.effective_date for draft in suspension)])
        room = (last - terms.entry_date).days - 1
        if room < 30:
            return []
        what = self.rng.random()
        rates = self.habits["moves"]
        on = terms.entry_date + dt.timedelta(days=self.rng.randint(20, room))
        if what < rates["change_center"]:
            return self._move(terms, ChangeKind.CHANGE_CENTER, on, terms.other_center(on), terms.center_code)
        if what < rates["change_center"] + rates["change_major"]:
            return self._move(terms, ChangeKind.CHANGE_MAJOR, on, terms.other_major(on), terms.major_code)
        return []

    def _move(self, terms: Terms, kind: str, on: dt.date, to: Target | None, old: str) -> list[ChangeDraft]:
        if to is None:
            return []
        targets = {"new_center_id": to.center_id, "new_programme_version_id": to.programme_version_id}
        return [self._document(terms, kind, on, old_value=old, new_value=to.code, **targets)]

    def _later_diploma(self, terms: Terms, end: ChangeDraft) -> list[ChangeDraft]:
        if end.kind != ChangeKind.COMPLETE or self.rng.random() >= self.habits["conferral"]["diploma_after_completion"]:
            return []
        day = self._next_conferral(end.effective_date + dt.timedelta(days=1))
        return [self._document(terms, ChangeKind.GRADUATE, day)] if day <= terms.until else []

    def _document(self, terms: Terms, kind: str, on: dt.date, **values: Any) -> ChangeDraft:
        self.decisions += 1
        words = self.habits["words"]
        before = on < terms.complete_from
        return ChangeDraft(
            kind=str(kind),
            effective_date=on,
            decision_no=words["decision"].format(year=on.year, number=self.decisions % 500 + 1),
            decision_date=on,
            reason=self.rng.choice(words[kind]) if kind in words else "",
            origin=StudentChange.Origin.OPENING_BALANCE if before else StudentChange.Origin.AUTHORITY,
            **values,
        )
