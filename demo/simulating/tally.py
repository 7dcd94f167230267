"""What the simulation has done: every verb is called through here, counted and timed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, TypeVar

from common.errors import DomainError

T = TypeVar("T")
Report = tuple[Any, DomainError | None]


@dataclass
class Tally:
    """`refusals` were provoked; `unforeseen` and `faults` say that something is wrong, in the services or in the simulation."""

    done: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    unforeseen: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """A line of progress."""
        entered, registered = self.done["start_application"], self.done["register_many"]
        changed, refused = self.done["approve_request"], sum(self.refusals.values())
        return f"{entered} applications, {registered} registered, {changed} requests approved, {refused} refusals"

    def milliseconds(self, verb: str) -> float:
        """What one row of the verb costs."""
        return self.seconds[verb] * 1000 / max(1, self.done[verb])

    def do(self, verb: Callable[..., T], *subjects: Any, rows: int = 1, **terms: Any) -> T | None:
        """An everyday act; a refusal is none that anybody expects, so it is counted as unforeseen. `rows`: how many it is about."""
        try:
            return self._call(verb, *subjects, rows=rows, **terms)
        except DomainError as refusal:
            self.unforeseen[verb.__name__, refusal.code] += 1
            return None

    def do_many(
        self,
        verb: Callable[..., Sequence[Report]],
        rows: Sequence[Any],
        *subjects: Any,
        expected: Iterable[str] = (),
        **terms: Any,
    ) -> list[Report]:
        """An act on many rows that reports each with None or its refusal; those of the `expected` codes are no surprise."""
        reports = list(self.do(verb, rows, *subjects, rows=len(rows), **terms) or []) if rows else []
        for _row, refusal in reports:
            if refusal is not None:
                found = self.refusals if refusal.code in expected else self.unforeseen
                found[verb.__name__, refusal.code] += 1
        return reports

    def attempt(self, codes: Iterable[str], verb: Callable[..., T], *subjects: Any, **terms: Any) -> T | None:
        """An act that may well be refused for one of these reasons (a full place, say)."""
        try:
            return self._call(verb, *subjects, rows=1, **terms)
        except DomainError as refusal:
            found = self.refusals if refusal.code in codes else self.unforeseen
            found[verb.__name__, refusal.code] += 1
            return None

    def provoke(self, code: str, verb: Callable[..., Any], *subjects: Any, **terms: Any) -> None:
        """An act that must be refused for this reason."""
        try:
            self._call(verb, *subjects, rows=1, **terms)
        except DomainError as refusal:
            self.refusals[verb.__name__, refusal.code] += 1
            if refusal.code != code:
                self.faults.append(f"{verb.__name__} was refused as {refusal.code}, not as {code}")
        else:
            self.faults.append(f"{verb.__name__} was not refused as {code}")

    def _call(self, verb: Callable[..., T], *subjects: Any, rows: int, **terms: Any) -> T:
        started = perf_counter()
        try:
            result = verb(*subjects, **terms)
        finally:
            self.seconds[verb.__name__] += perf_counter() - started
        self.done[verb.__name__] += rows
        return result
