"""May this centre take students in for this major on this day? The rule of docs/files.md §6.2 b–d, for imports and services
alike."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from learning_centers.models import CenterFiling, CenterPeriod, FiledMajor, LearningCenter
from learning_centers.models.centers import CenterStatus, Regime

Span = tuple[dt.date | None, dt.date | None]


def covers(span: Span, day: dt.date) -> bool:
    begin, end = span
    return (begin is None or begin <= day) and (end is None or day < end)


@dataclass(slots=True)
class CenterIntake:
    """What a centre is allowed over time: its states, its filings, its filed majors, and its province (spans are half-open)."""

    id: int
    code: str
    regime: str
    states: list[tuple[Span, str]] = field(default_factory=list)
    filings: list[Span] = field(default_factory=list)
    majors: dict[str, list[Span]] = field(default_factory=dict)
    provinces: list[tuple[Span, str]] = field(default_factory=list)

    def refusal(self, day: dt.date) -> str | None:
        """`center_stopped_intake`, `center_filing_lapsed` or None; a filing without dates covers nothing."""
        if any(covers(span, day) and state in STOPPED for span, state in self.states):
            return "center_stopped_intake"
        if self.regime == Regime.FILED and not any(None not in span and covers(span, day) for span in self.filings):
            return "center_filing_lapsed"
        return None

    def serves(self, begin: dt.date, end: dt.date | None) -> bool:
        """Whether the centre is revoked on no day of `[begin, end)`: until then it serves those who are there
        (docs/rules.md §2.8)."""
        revoked = [span for span, state in self.states if state == CenterStatus.REVOKED]
        return not any(
            (since is None or end is None or since < end) and (until is None or begin < until) and begin != end
            for since, until in revoked
        )

    def is_open_for(self, major_code: str, day: dt.date) -> bool:
        return any(covers(span, day) for span in self.majors.get(major_code, ()))

    def province(self, day: dt.date) -> str:
        """Where the centre is on that day; empty abroad and where no place is known."""
        return next((province for span, province in self.provinces if covers(span, day)), "")


STOPPED = {CenterStatus.STOP_INTAKE, CenterStatus.REVOKED}


def center_intakes(centers: Iterable[LearningCenter]) -> dict[int, CenterIntake]:
    """Today's knowledge about these centres, in four queries whatever their number."""
    intakes = {center.pk: CenterIntake(center.pk, center.code, center.regime) for center in centers}
    known = {"center_id__in": intakes}
    periods = CenterPeriod.objects.current().filter(**known)
    for center, begin, end, status, province in periods.values_list(
        "center_id", "begin", "end", "status", "site__province_code"
    ):
        intakes[center].states.append(((begin, end), status))
        intakes[center].provinces.append(((begin, end), province or ""))
    for center, begin, end in CenterFiling.objects.current().filter(**known).values_list("center_id", "begin", "end"):
        intakes[center].filings.append((begin, end))
    filed = FiledMajor.objects.current().filter(**known)
    for center, major, begin, end in filed.values_list("center_id", "major__code", "begin", "end"):
        intakes[center].majors.setdefault(major, []).append((begin, end))
    return intakes
