"""All changes from all states, as a full product, and laws of any life."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.records.life import ALLOWED, ENDS, Change, Entry, Refusal, begin_life, live, live_on
from enrollment.records.models.changes import ChangeKind as Kind
from enrollment.records.models.students import StudentState as State

ENTRY = Entry(dt.date(2024, 9, 1), center_id=1, programme_version_id=1)
LATER = dt.date(2025, 9, 1)
ROADS = {State.ACTIVE: [], State.SUSPENDED: [Kind.SUSPEND]} | {state: [kind] for kind, state in ENDS.items()}

FROM_ACTIVE = set(Kind) - {Kind.RESUME, Kind.REINSTATE}
FROM_SUSPENDED = {
    Kind.RESUME,
    Kind.CHANGE_CENTER,
    Kind.WITHDRAW,
    Kind.EXPEL,
    Kind.DECEASED,
    Kind.CANCEL,
    Kind.INCOMPLETE,
}
APPEAL = {State.WITHDRAWN, State.EXPELLED, State.CANCELLED}


def possible(state: State, kind: Kind) -> bool:
    """The table of docs/rules.md §§2.4, 2.8 and docs/files.md §6.4, written a second time."""
    if state is State.ACTIVE:
        return kind in FROM_ACTIVE
    if state is State.SUSPENDED:
        return kind in FROM_SUSPENDED
    if state is State.COMPLETED:
        return kind is Kind.GRADUATE
    return state in APPEAL and kind is Kind.REINSTATE


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("state", State)
def test_a_change_is_possible_from_a_state_or_refused(state, kind):
    life = live(ENTRY, [Change(one, dt.date(2025, 3, 1)) for one in ROADS[state]])
    assert life.state == state
    change = Change(kind, LATER, center_id=2)
    if possible(state, kind):
        live_on(life, change)
    else:
        ended = state not in (State.ACTIVE, State.SUSPENDED)
        with pytest.raises(Refusal) as refusal:
            live_on(life, change)
        assert refusal.value.code == ("change_after_terminal" if ended else "change_not_possible")


def test_whoever_is_suspended_stays_so_at_the_next_centre():
    changes = [Change(Kind.SUSPEND, LATER), Change(Kind.CHANGE_CENTER, LATER + dt.timedelta(days=30), center_id=2)]
    life = live(ENTRY, changes)
    assert (life.state, life.last.state, life.last.center_id) == (State.SUSPENDED, "suspended", 2)


@pytest.mark.parametrize("kind", [Kind.WITHDRAW, Kind.EXPEL, Kind.CANCEL])
def test_whoever_is_reinstated_on_the_first_day_away_was_never_away(kind):
    first, second = live(ENTRY, [Change(kind, LATER), Change(Kind.REINSTATE, LATER)]).periods
    assert (first.end, first.ended_by, second.begin, second.begun_by) == (LATER, kind, LATER, Kind.REINSTATE)


@st.composite
def lives(draw):
    """Any life that the rules admit: each day brings at most one change, chosen among those possible."""
    life, day, changes = begin_life(ENTRY), ENTRY.begin, []
    for _ in range(draw(st.integers(0, 8))):
        day += dt.timedelta(days=draw(st.integers(0 if not changes else 1, 200)))
        kinds = sorted(ALLOWED.get(life.state, ()))
        if not kinds or (life.last.end and day < life.last.end):
            break
        change = Change(draw(st.sampled_from(kinds)), day, center_id=draw(st.integers(1, 3)))
        life, _ = live_on(life, change), changes.append(change)
    return life, changes


@given(lives())
def test_periods_are_chained_and_never_overlap(drawn):
    life, _changes = drawn
    for earlier, later in zip(life.periods, life.periods[1:], strict=False):
        assert earlier.end is not None
        assert earlier.begin <= earlier.end <= later.begin
        assert later.position == earlier.position + 1
        assert later.begin == earlier.end or later.begun_by == Kind.REINSTATE


@given(lives(), st.randoms())
def test_the_order_in_which_changes_arrive_does_not_matter(drawn, random):
    life, changes = drawn
    random.shuffle(changes)
    assert live(ENTRY, changes) == life


@given(lives(), st.dates(dt.date(2024, 8, 1), dt.date(2030, 1, 1)), st.dates(dt.date(2024, 8, 1), dt.date(2030, 1, 1)))
def test_stock_is_opening_plus_inflow_minus_outflow(drawn, one_day, other_day):
    since, as_of = sorted((one_day, other_day))
    active = [period for period in drawn[0].periods if period.state == "active"]

    def stock(on):
        return sum(period.begin <= on and (period.end is None or on < period.end) for period in active)

    inflow = sum(since < period.begin <= as_of for period in active)
    outflow = sum(period.end is not None and since < period.end <= as_of for period in active)
    assert stock(as_of) == stock(since) + inflow - outflow


@pytest.mark.parametrize("kind", [Kind.WITHDRAW, Kind.EXPEL, Kind.CANCEL])
def test_nobody_returns_before_having_left(kind):
    left = live(ENTRY, [Change(kind, LATER)])
    with pytest.raises(Refusal) as refusal:
        live_on(left, Change(Kind.REINSTATE, LATER - dt.timedelta(days=1)))
    assert refusal.value.code == "change_after_terminal"
    assert live_on(left, Change(Kind.REINSTATE, LATER)).state is State.ACTIVE
