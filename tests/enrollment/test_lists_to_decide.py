"""Lists that a job computes and people decide: who is named, since when, and what people do with it."""

import datetime as dt

import pytest

from common.dates import as_on
from common.errors import NotAllowed
from common.ledger import recording
from enrollment.duties.services.watching import ask_for_withdrawal, compute_lists, post_notice, set_aside
from enrollment.models import EntitlementCheck, StudentChange, WatchItem, YearlyRegistration
from enrollment.services import (
    accept_application,
    approve_request,
    issue_notices,
    keep_place,
    lapse_application,
    reject_request,
    start_application,
    submit_application,
)
from learning_centers.services.rules import Setting, set_rule
from tests.applicants import a_batch, a_draft, a_place, an_offering, checked
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system
from tests.enrollment.asking import a_registrar, decided, refused

pytestmark = pytest.mark.django_db
RIGHTS = (
    "enrollment.post_notice", "enrollment.set_aside", "enrollment.ask_for_withdrawal", "enrollment.request_change",
)  # fmt: skip
TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def the_day():
    with as_on(TODAY):
        yield


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def watcher(center):
    return a_user("watcher", *RIGHTS, at=center.institution)


def computed(on=TODAY):
    with as_on(on):
        return compute_lists(an_institution(), by=the_system())


def on_list(name):
    alive = WatchItem.objects.exclude(status="closed").filter(list=name)
    return {one.student.student_no: one.since.isoformat() for one in alive.select_related("student")}


def item_of(student):
    return WatchItem.objects.exclude(status="closed").get(student=student)


def test_over_the_maximum_length_from_the_day_the_last_term_ends(center):
    """Five years from the batch, however late in it somebody came."""
    a_student(center, "900001", entered="2021-09-15")
    computed(dt.date(2026, 8, 31))
    assert on_list("over_max") == {}
    computed(dt.date(2026, 9, 1))
    assert on_list("over_max") == {"900001": "2026-09-01"}


def test_suspended_time_counts_unless_staff_say_otherwise(center):
    changes = (("suspend", "2022-03-01"), ("resume", "2023-03-01"))
    a_student(center, "900001", entered="2021-09-01", changes=changes)
    computed()
    assert on_list("over_max") == {"900001": "2026-09-01"}
    set_rule(center.institution, Setting("suspension_counts_to_maximum", False, "decision 3"), by=the_system())
    computed()
    assert on_list("over_max") == {}
    computed(dt.date(2027, 9, 1))
    assert on_list("over_max") == {"900001": "2027-09-01"}


def test_who_has_left_is_on_no_list(center):
    a_student(center, entered="2020-09-01", changes=(("withdraw", "2024-03-01"),))
    a_student(center, entered="2020-09-01", changes=(("graduate", "2023-07-01"),))
    assert set(computed().values()) == {0}


def test_suspended_too_long_also_when_moved_meanwhile(center):
    other = a_center(center.institution, "0102")
    moved = (("suspend", "2025-11-20"), ("change_center", "2026-06-01", {"new_center_id": other.pk}))
    a_student(center, "900001", entered="2025-09-01", changes=moved)
    a_student(center, "900002", entered="2025-09-01", changes=(("suspend", "2025-11-21"),))
    computed()
    assert on_list("suspended_too_long") == {"900001": "2026-11-21"}
    assert WatchItem.objects.get().center == other


def test_entitlement_and_registration_that_are_overdue(center):
    late, fresh, good = (
        a_student(center, number, entered=entered)
        for number, entered in (("900001", "2025-09-01"), ("900002", "2026-09-01"), ("900003", "2025-09-01"))
    )
    with recording(center.institution, by=the_system(), reason="tests.build") as entry:
        known = {"institution": center.institution, "recorded_in_id": entry.id}
        EntitlementCheck.objects.create(student=late, due_on=day("2026-11-20"), **known)
        EntitlementCheck.objects.create(student=fresh, due_on=TODAY, **known)
        YearlyRegistration.objects.create(
            student=good, center=center, school_year=2026, registered_on=day("2026-09-10"), **known
        )
    computed()
    assert on_list("entitlement_due") == {"900001": "2026-11-21"}
    assert on_list("not_registered") == {"900001": "2026-10-02"}


def test_computing_again_doubles_nothing_and_closes_what_is_settled(center):
    student = a_student(center, entered="2021-09-01")
    assert (computed()["over_max"], computed()["over_max"]) == (1, 1)
    item = item_of(student)
    decided(student, "withdraw", "2026-11-20", reason="own wish")
    computed()
    item.refresh_from_db()
    assert (item.status, WatchItem.objects.count()) == ("closed", 1)


def test_nobody_is_withdrawn_before_the_public_notice_is_over(center, watcher):
    student = a_student(center, entered="2021-09-01")
    computed()
    with refused("notice_not_over"):
        ask_for_withdrawal(item_of(student), effective_date=TODAY, by=watcher)
    (item,) = post_notice([item_of(student)], begin=TODAY, by=watcher)
    assert (item.status, item.notice_end) == ("noticed", dt.date(2026, 12, 18))
    with refused("notice_not_over"):
        ask_for_withdrawal(item, effective_date=dt.date(2026, 12, 17), by=watcher)
    with as_on(dt.date(2026, 12, 18)):
        request = ask_for_withdrawal(item, effective_date=dt.date(2026, 12, 18), by=watcher)
        assert request.status == "submitted"
        assert not StudentChange.objects.exists()
        approve_request(request, by=a_registrar())
        computed(dt.date(2026, 12, 18))
    item.refresh_from_db()
    assert (item.status, item.request) == ("closed", request)


def test_a_notice_does_not_count_any_more_once_its_cause_was_gone(center, watcher):
    student = a_student(center, entered="2021-09-01", changes=(("suspend", "2022-03-01"), ("resume", "2024-03-01")))
    computed()
    post_notice([item_of(student)], begin=TODAY, by=watcher)
    with as_on(dt.date(2026, 12, 18)):
        for counts in (False, True):
            set_rule(center.institution, Setting("suspension_counts_to_maximum", counts, "decision 3"), by=the_system())
            compute_lists(center.institution, by=the_system())
        assert list(WatchItem.objects.order_by("pk").values_list("status", flat=True)) == ["closed", "open"]
        with refused("notice_not_over"):
            ask_for_withdrawal(item_of(student), effective_date=dt.date(2026, 12, 18), by=watcher)


def test_a_declined_request_brings_the_student_back_on_the_list(center, watcher):
    student = a_student(center, entered="2025-09-01", changes=(("suspend", "2025-11-01"),))
    computed()
    request = ask_for_withdrawal(item_of(student), effective_date=TODAY, by=watcher)
    computed()
    assert item_of(student).status == "requested"
    reject_request(request, comment="comes back next term", by=a_registrar())
    computed()
    assert item_of(student).status == "open"


def test_set_aside_until_a_day(center, watcher):
    student = a_student(center, entered="2021-09-01")
    computed()
    with refused("required"):
        set_aside(item_of(student), until=None, reason=" ", by=watcher)
    set_aside(item_of(student), until=dt.date(2026, 12, 1), reason="thesis is in", by=watcher)
    computed(dt.date(2026, 11, 30))
    assert item_of(student).status == "set_aside"
    computed(dt.date(2026, 12, 1))
    assert item_of(student).status == "open"


def test_what_is_not_decided_by_withdrawal(center, watcher):
    student = a_student(center, entered="2025-09-01")
    with recording(center.institution, by=the_system(), reason="tests.build") as entry:
        EntitlementCheck.objects.create(
            institution=center.institution, student=student, due_on=day("2026-01-01"), recorded_in_id=entry.id
        )
    computed()
    with refused("not_on_this_list"):
        ask_for_withdrawal(item_of(student), effective_date=TODAY, by=watcher)
    with refused("not_on_this_list"):
        post_notice([item_of(student)], begin=TODAY, by=watcher)


def test_an_outsider_decides_nothing(center):
    student = a_student(center, entered="2021-09-01")
    computed()
    outsider = a_user("outsider", *RIGHTS, at=a_center(an_institution(), "0102"))
    assert not WatchItem.objects.visible_to(outsider).exists()
    for act in (
        lambda: post_notice([item_of(student)], begin=TODAY, by=outsider),
        lambda: set_aside(item_of(student), until=None, reason="mine", by=outsider),
        lambda: ask_for_withdrawal(item_of(student), effective_date=TODAY, by=outsider),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_whoever_was_admitted_and_has_not_come(center):
    a_place(center, 2)
    with as_on(day("2026-02-01")):
        awaited, kept = (accepted(center), accepted(center))
        issue_notices([awaited, kept], on=day("2026-02-01"), by=the_system())
        keep_place(kept, reason_code="military_service", by=the_system())
    with as_on(day("2026-03-15")):
        assert compute_lists(center.institution, by=the_system())["never_reported"] == 0
    with as_on(day("2026-03-16")):
        assert compute_lists(center.institution, by=the_system())["never_reported"] == 1
    item = WatchItem.objects.get(list="never_reported")
    assert (item.application, item.center, item.since) == (awaited, center, day("2026-03-16"))
    with as_on(day("2027-03-16")):
        assert compute_lists(center.institution, by=the_system())["place_kept_too_long"] == 1
        lapse_application(awaited, reason_code="not_arrived", by=the_system())
        assert compute_lists(center.institution, by=the_system())["never_reported"] == 0
    item.refresh_from_db()
    assert item.status == "closed"


def accepted(center):
    draft = a_draft()
    one = start_application(an_offering(center), a_batch(center.institution), draft, by=the_system())
    return accept_application(checked(submit_application(one, seen=one.version, by=the_system())), by=the_system())
