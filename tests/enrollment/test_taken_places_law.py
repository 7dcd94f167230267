"""Whatever is done in whatever order: what is taken equals the applications that hold a place and the entries that stand on
it, and never more than the quota."""

from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from common.dates import as_on
from common.errors import DomainError
from enrollment.admission.models.applications import HOLDING
from enrollment.models import AdmissionPlace, Application, StudentEntry
from enrollment.services import (
    accept_application,
    check_in,
    decide_many,
    issue_notices,
    keep_place,
    lapse_application,
    register_many,
    register_student,
    reject_application,
    return_application,
    set_places,
    submit_application,
    withdraw_application,
)
from tests.applicants import a_batch, a_place, an_application, an_offering, checked
from tests.builders import a_center, an_institution, day, the_system

BATCHES = ("2026-spring", "2026-autumn")
SPRING, AUTUMN, LATE = day("2026-03-01"), day("2026-09-01"), day("2027-10-01")

VERBS = {
    "accept": lambda one: accept_application(one, by=the_system()),
    "return": lambda one: return_application(one, reason_code="other", by=the_system()),
    "submit": lambda one: submit_application(one, by=the_system()),
    "reject": lambda one: reject_application(one, reason_code="other", by=the_system()),
    "withdraw": lambda one: withdraw_application(one, reason_code="own_wish", by=the_system()),
    "keep": lambda one: keep_place(one, reason_code="illness", by=the_system()),
    "lapse": lambda one: lapse_application(one, reason_code="not_arrived", on=LATE, by=the_system()),
    "check_in": lambda one: _arrive(one, SPRING),
    "check_in_later": lambda one: _arrive(one, AUTUMN),
    "register": lambda one: register_student(one, on=AUTUMN, by=the_system()),
    "enter": lambda one: _all_the_way(one, "accept", "check_in", "register"),
    "enter_later": lambda one: _all_the_way(one, "accept", "keep", "check_in_later", "register"),
}
MANY = {
    "accept_many": lambda rows: decide_many(rows, "accept", by=the_system()),
    "reject_many": lambda rows: decide_many(rows, "reject", reason_code="other", by=the_system()),
    "register_many": lambda rows: register_many(rows, on=AUTUMN, by=the_system()),
}
DEEDS = st.one_of(
    st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 4)),
    st.tuples(st.just("quota"), st.integers(0, 5)),
    st.tuples(st.sampled_from(sorted(MANY)), st.integers(0, 4)),
)


def _arrive(one, on):
    issue_notices([one], on=on, by=the_system())
    check_in(one, on=on, by=the_system())


def _all_the_way(one, *verbs):
    for verb in verbs:
        VERBS[verb](one)


def law_holds():
    for place in AdmissionPlace.objects.current().select_related("center_offering"):
        offering = place.center_offering
        holding = Application.objects.filter(batch=place.batch, center_offering=offering, status__in=HOLDING).count()
        entries = StudentEntry.objects.current().filter(
            batch=place.batch, center=offering.center_id, programme_version=offering.programme_version_id
        )
        assert place.taken == holding + entries.count() <= place.quota


@pytest.fixture
def waiting(db):
    """Five applications that could be accepted, four of them for the same three places."""
    center = a_center(an_institution())
    for code in BATCHES:
        a_place(center, 3, code=code)
    return [checked(an_application(center, batch=BATCHES[index == 4])) for index in range(5)]


@pytest.mark.slow
@example(deeds=[("enter", 0), ("enter_later", 1), ("enter_later", 2), ("withdraw", 0), ("enter", 3), ("accept", 4)])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, min_size=4, max_size=20))
def test_taken_is_who_holds_and_who_entered(waiting, deeds):
    with transaction.atomic(), as_on(SPRING):
        for name, number in deeds:
            with suppress(DomainError), transaction.atomic():
                do(name, number, waiting)
            law_holds()
        transaction.set_rollback(True)


def do(name, number, rows):
    center = rows[0].center_offering.center
    fresh = list(Application.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
    if name == "quota":
        set_places(a_batch(center.institution), an_offering(center), number, by=the_system())
    elif name in MANY:
        MANY[name](fresh[number:])
    else:
        VERBS[name](fresh[number])
