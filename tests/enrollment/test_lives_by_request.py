"""Random lives through requests: past, present and future changes, reversals, corrections, withdrawals before the day. After
each life the periods are chained, figures balance, and the lists say what holds today."""

import datetime as dt
from collections import Counter
from contextlib import suppress
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common.dates import as_on
from common.errors import DomainError
from enrollment.models import Student, StudentChange, StudentEntry, StudentPeriod
from enrollment.records.life import Change, Entry, live
from enrollment.records.models.changes import ChangeKind
from enrollment.records.services.facts import FACTS
from enrollment.records.services.future import project_students
from enrollment.services import lives_of, withdraw_future_change
from learning_centers.services.rules import Setting, set_rule
from reporting.reports.figures import ask, compute
from reporting.reports.laws import check
from tests.builders import a_center, a_student, a_version, an_institution, the_system
from tests.enrollment.asking import decided

TODAY = dt.date(2026, 11, 21)
SINCE, AS_OF = dt.date(2025, 3, 1), dt.date(2027, 6, 1)
MAJORS = ("081502", "081501")
LAX = {
    "change_needs_evidence": [], "correction_needs_province": [], "change_ahead_months": 60, "change_major_years": 9,
    "transfer_months": [str(month) for month in range(1, 13)], "transfer_not_in_first_term": False,
    "transfer_not_in_final_year": False, "early_conferral_tolerance_days": 366, "incomplete_after_months": 0,
}  # fmt: skip
DAYS = st.dates(dt.date(2024, 9, 1), dt.date(2027, 3, 1))
CORRECTIONS = st.one_of(
    st.tuples(st.just("entry_date"), st.dates(dt.date(2024, 8, 20), dt.date(2024, 12, 1)).map(str)),
    st.tuples(st.just("major"), st.sampled_from(MAJORS)),
    st.tuples(st.just("length"), st.sampled_from(("2.5", "3"))),
    st.tuples(st.just("sex"), st.sampled_from(("male", "female"))),
)
CHANGES = st.tuples(st.just("change"), st.sampled_from(ChangeKind.values), DAYS, st.integers(0, 2))
STEPS = st.one_of(
    CHANGES,
    st.tuples(st.just("correct"), CORRECTIONS),
    st.tuples(st.just("reverse"), st.integers(0, 5)),
    st.tuples(st.just("withdraw"), st.integers(0, 5)),
)
THERE = ("change", "change_center", dt.date(2025, 1, 10), 1)
AND_BACK = ("change", "change_center", dt.date(2025, 6, 10), 0)


@pytest.fixture
def places(db):
    institution = an_institution()
    centers = [a_center(institution, code, majors=MAJORS) for code in ("0101", "0102", "0103")]
    versions = [a_version(institution, MAJORS[0]), a_version(institution, MAJORS[1]),
                a_version(institution, MAJORS[0], study_form="full_time")]  # fmt: skip
    for name, value in LAX.items():
        set_rule(institution, Setting(name, value, "decision 1"), by=the_system())
    return centers, versions


def documents(student, number):
    known = list(StudentChange.objects.in_force().filter(student=student).order_by("effective_date"))
    return known[number % len(known)] if known else None


def ask_for(student, step, centers, versions):
    what, *terms = step
    if what == "correct":
        ((fact, value),) = terms
        decided(student, "correct", fact=fact, new_value=value)
    elif what == "change":
        kind, day, target = terms
        aim = {
            "change_center": {"new_center_id": centers[target].pk},
            "change_major": {"new_programme_version_id": versions[target].pk},
            "change_form": {"new_programme_version_id": versions[target].pk},
        }.get(kind, {})
        decided(student, kind, day.isoformat(), **aim)
    elif document := documents(student, terms[0]):
        if what == "reverse":
            decided(student, "reverse", reverses=document)
        else:
            withdraw_future_change(document, reason="not any more", by=the_system())


def periods_of(student):
    return list(StudentPeriod.objects.current().filter(student=student).order_by("position"))


def contents(period):
    return period.state, period.center_id, period.programme_version_id


def is_chained(student):
    periods = periods_of(student)
    for earlier, later in pairwise(periods):
        assert earlier.end is not None
        assert earlier.begin <= earlier.end <= later.begin
        assert later.begin == earlier.end or later.begun_by == "reinstate"
        assert contents(earlier) != contents(later) or later.begun_by == "reinstate"
    assert [one.position for one in periods] == list(range(1, len(periods) + 1))
    whole = lives_of([student.pk])[student.pk].periods
    assert [(one.begin, one.end, one.state, one.center_id, one.programme_version_id) for one in periods] == [
        (one.begin, one.end, one.state, one.center_id, one.programme_version_id) for one in whole
    ]


def lists_say_what_holds(student, day):
    entry = StudentEntry.objects.current().get(student=student)
    held = StudentChange.objects.in_force().filter(student=student, effective_date__lte=day).order_by("effective_date")
    moves = [Change(one.kind, one.effective_date, one.new_center_id) for one in held]
    life = live(Entry(entry.entry_date, entry.center_id, entry.programme_version_id), moves)
    student.refresh_from_db()
    assert (student.current_state, student.current_center_id) == (life.state, life.last.center_id)


def stock_of(day):
    return Counter(
        one.center.code
        for one in StudentPeriod.objects.current().on(day).filter(state="active").select_related("center")
    )


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(lives=[[THERE, AND_BACK, ("reverse", 0)]])
@given(lives=st.lists(st.lists(STEPS, max_size=7), min_size=1, max_size=3))
def test_periods_are_chained_figures_balance_and_lists_hold(places, lives):
    centers, versions = places
    with transaction.atomic(), as_on(TODAY):
        students = [a_student(centers[0], entered="2024-09-01", version=versions[0]) for _ in lives]
        for student, steps in zip(students, lives, strict=True):
            for step in steps:
                with suppress(DomainError), transaction.atomic():
                    ask_for(student, step, centers, versions)
                is_chained(student)
                lists_say_what_holds(student, TODAY)
        table = compute(ask(an_institution(), AS_OF, SINCE), [("center",), ("major", "study_form")])
        check(table)
        for day, name in ((SINCE, "deg.opening"), (AS_OF, "deg.closing")):
            assert {code: table.value(name, center=code) for code in stock_of(day)} == stock_of(day)
            assert table.value(name) == stock_of(day).total()
        later = TODAY + dt.timedelta(days=60)
        with as_on(later):
            project_students(an_institution())
            for student in students:
                lists_say_what_holds(student, later)
        assert Student.objects.current().count() == len(students)
        transaction.set_rollback(True)


def test_random_steps_reach_what_can_be_corrected():
    assert {"entry_date", "major", "length", "sex"} <= FACTS.keys()


def shape(student):
    return [(one.begin, one.end, *contents(one), one.begun_by, one.ended_by) for one in periods_of(student)]


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=4), last=CHANGES)
def test_what_is_taken_back_leaves_the_life_as_it_was(places, steps, last):
    """Ahead by one person up to the day before, from the day on by two."""
    centers, versions = places
    with transaction.atomic(), as_on(TODAY):
        student = a_student(centers[0], entered="2024-09-01", version=versions[0])
        for step in steps:
            with suppress(DomainError), transaction.atomic():
                ask_for(student, step, centers, versions)
        before = shape(student)
        try:
            with transaction.atomic():
                ask_for(student, last, centers, versions)
        except DomainError:
            assert shape(student) == before
        else:
            document = StudentChange.objects.in_force().get(student=student, effective_date=last[2])
            with (
                as_on(max(TODAY, document.effective_date)),
                pytest.raises(DomainError) as refusal,
                transaction.atomic(),
            ):
                withdraw_future_change(document, reason="too late", by=the_system())
            assert refusal.value.code == "already_in_force"
            if document.effective_date > TODAY:
                with as_on(document.effective_date - dt.timedelta(days=1)):
                    withdraw_future_change(document, reason="not any more", by=the_system())
            else:
                decided(student, "reverse", reverses=document)
            assert shape(student) == before
        transaction.set_rollback(True)
