"""Whatever befalls students and centres, the figures are those of a naive count, and every slice balances (§6.2)."""

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollment.records.life import ALLOWED, Change, Entry, Kind, Refusal, live, live_on
from reporting.reports.figures import ask, compute
from reporting.reports.laws import check
from tests.builders import a_center, a_school, a_student, a_version, an_institution, handed_over

FIRST = dt.date(2024, 1, 1)
WINDOW = (dt.date(2024, 1, 3), dt.date(2024, 1, 12))
INSIDE = [WINDOW[0] + dt.timedelta(days=n) for n in range(1, 10)]
SCOPED = (("school",), ("center",), ("major",), ("school", "major"), ("sex",), ("batch",))
FLOWS = {
    "admission": "entrants", "transfer_in": "transferred_in", "resume": "resumed", "reinstate": "resumed",
    "graduate": "graduates", "complete": "completers", "incomplete": "incompletes", "suspend": "suspensions",
    "withdraw": "withdrawals", "expel": "expulsions", "deceased": "deaths", "transfer_out": "transfers_out",
    "cancel": "cancellations",
}  # fmt: skip

days = st.integers(0, 9).map(lambda number: FIRST + dt.timedelta(days=number))
often = [Kind.CHANGE_CENTER, Kind.CHANGE_MAJOR] * 4 + [Kind.SUSPEND, Kind.RESUME, Kind.REINSTATE, Kind.WITHDRAW] * 2
steps = st.lists(st.tuples(st.sampled_from(often + sorted(Kind)), st.integers(0, 2), st.integers(0, 2)), max_size=7)
lives = st.lists(st.tuples(days, st.sampled_from(["admission", "transfer_in"]), st.integers(0, 2), steps), max_size=6)
handovers = st.lists(st.tuples(st.integers(0, 2), days), max_size=3, unique_by=lambda one: one[0])


@pytest.fixture
def places(db):
    institution = an_institution()
    schools = [a_school(institution, "S1"), a_school(institution, "S2")]
    centers = [a_center(institution, f"010{number}", school=schools[0]) for number in range(3)]
    versions = [a_version(institution, major, school=schools[0]) for major in ("081502", "081401", "082901")]
    return institution, schools, centers, versions


def possible(entered, begun_by, start, steps, centers, versions):
    """The steps that the life admits, as changes."""
    life = live(Entry(entered, centers[start].pk, versions[start].pk, begun_by), [])
    changes, on = [], entered
    for kind, later, target in steps:
        if kind not in ALLOWED.get(life.state, ()):
            continue
        on = on + dt.timedelta(days=later if not changes else later + 1)
        change = Change(
            kind,
            on,
            centers[target].pk if kind == Kind.CHANGE_CENTER else None,
            versions[target].pk if kind in (Kind.CHANGE_MAJOR, Kind.CHANGE_FORM) else None,
        )
        try:
            life = live_on(life, change)
        except Refusal:
            continue
        changes.append(change)
    return life, changes


class NaiveCount:
    """Day by day through every life: (indicator, breakdown, key) → count, without any cleverness."""

    def __init__(self, takeovers, centers, versions):
        self.takeovers = takeovers
        self.codes = {center.pk: center.code for center in centers}
        self.majors = {version.pk: version.programme.major.code for version in versions}
        self.counts = Counter()

    def holding(self, period, day):
        taken_over = self.takeovers.get(period.center_id)
        return {
            "school": "S2" if taken_over and day >= taken_over else "S1",
            "center": self.codes[period.center_id],
            "major": self.majors[period.programme_version_id],
        }

    def add(self, indicator, facts):
        for by in ((), *SCOPED):
            self.counts["deg." + indicator, by, tuple(facts[name] for name in by)] += 1

    def moved(self, facts, before, after):
        for by in ((), *SCOPED):
            left, right = (tuple((facts | side)[name] for name in by) for side in (before, after))
            if left != right:
                self.counts["deg.moved_out", by, left] += 1
                self.counts["deg.moved_in", by, right] += 1

    def live(self, life, facts):
        previous = None
        for period in life.periods:
            self.stocks(period, facts)
            if period.state == "active":
                self.flows(period, previous, facts)
            previous = period

    def stocks(self, period, facts):
        asked = (
            ("stock", "active", 1),
            ("closing", "active", 1),
            ("opening", "active", 0),
            ("suspended", "suspended", 1),
        )
        for indicator, state, which in asked:
            day = WINDOW[which]
            if period.state == state and period.begin <= day < (period.end or dt.date.max):
                self.add(indicator, facts | self.holding(period, day))

    def flows(self, period, previous, facts):
        end = period.end or dt.date.max
        if period.begin in INSIDE and period.begun_by in FLOWS:
            self.add(FLOWS[period.begun_by], facts | self.holding(period, period.begin))
        elif period.begin in INSIDE:
            self.moved(facts, self.holding(previous, last_day(previous)), self.holding(period, period.begin))
        for day in INSIDE:
            if period.begin < day < end:
                self.moved(facts, self.holding(period, day - dt.timedelta(days=1)), self.holding(period, day))
        if end in INSIDE and period.ended_by in FLOWS:
            self.add(FLOWS[period.ended_by], facts | self.holding(period, last_day(period)))


def last_day(period):
    return max(period.begin, period.end - dt.timedelta(days=1))


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=lives, handovers=handovers)
def test_figures_are_those_of_a_naive_count_and_balance(places, lives, handovers):
    institution, schools, centers, versions = places
    with transaction.atomic():
        takeovers = {centers[number].pk: day for number, day in handovers}
        for number, day in handovers:
            handed_over(centers[number], schools[1], day.isoformat())
        naive = NaiveCount(takeovers, centers, versions)
        for place, (entered, begun_by, start, steps) in enumerate(lives):
            life, changes = possible(entered, begun_by, start, steps, centers, versions)
            sex = ("male", "female")[place % 2]
            naive.live(life, {"sex": sex, "batch": "2023-autumn"})
            a_student(
                centers[start], entered=entered.isoformat(), version=versions[start], kind=begun_by, sex=sex,
                changes=[
                    (one.kind, one.effective_date.isoformat(), {"new_center_id": one.center_id,
                     "new_programme_version_id": one.programme_version_id, "decision_no": "1"})
                    for one in changes
                ],
            )  # fmt: skip
        table = compute(ask(institution, WINDOW[1], WINDOW[0]), SCOPED)
        check(table)
        found = Counter(
            {(indicator, by, key): value for by, cells in table.cells.items()
             for key, values in cells.items() for indicator, value in values.items() if value}
        )  # fmt: skip
        assert found == naive.counts
        transaction.set_rollback(True)
