"""Each limit of docs/rules.md §2.4: what it refuses, what it lets pass, and that staff can set it anew."""

import pytest

from common.dates import as_on
from enrollment.models import StudentChange
from learning_centers.models import LearningCenter
from learning_centers.services.rules import Setting, set_rule
from people.services import merge_persons
from tests.builders import a_center, a_school, a_student, a_version, an_identity_number, an_institution, day, the_system
from tests.enrollment.asking import decided, refused

pytestmark = pytest.mark.django_db
MAJORS = ("081502", "081501", "120202")


@pytest.fixture
def center():
    center = a_center(an_institution(), majors=MAJORS)
    a_center(an_institution(), "0102", majors=MAJORS, school=a_school(an_institution(), "S2"))
    return center


def staff_set(name, value):
    set_rule(an_institution(), Setting(name, value, "decision 1"), by=the_system())


def to_major(code, school="S1"):
    return {"new_programme_version_id": a_version(an_institution(), code, school=a_school(an_institution(), school)).pk}


SUSPENDED = (("suspend", "2025-03-01"),)
COMPLETED = (("complete", "2027-02-20"),)

REFUSED = [
    ("suspend", "2028-03-01", {}, (), "too_far_ahead", ("change_ahead_months", 60)),
    ("change_major", "2025-03-01", ("120202",), (), "other_discipline", ("change_major_same_discipline", False)),
    ("change_major", "2025-03-01", ("081501", "S2"), (), "other_school", ("change_major_same_school", False)),
    ("change_major", "2025-09-01", ("081501",), (), "major_change_too_late", ("change_major_years", 2)),
    ("transfer_out", "2025-04-01", {}, (), "not_in_transfer_month", ("transfer_months", ["4"])),
    ("transfer_out", "2024-10-01", {}, (), "transfer_in_first_term", ("transfer_not_in_first_term", False)),
    ("transfer_out", "2026-03-01", {}, (), "transfer_in_final_year", ("transfer_not_in_final_year", False)),
    ("graduate", "2026-12-28", {}, (), "too_early_to_finish", ("early_conferral_tolerance_days", 63)),
    ("complete", "2026-12-28", {}, (), "too_early_to_finish", ("early_conferral_tolerance_days", 63)),
    ("graduate", "2029-02-22", {}, COMPLETED, "retake_time_over", ("retake_years", 3)),
    ("incomplete", "2025-08-31", {}, (), "too_early_for_a_record", ("incomplete_after_months", 11)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "on", "target", "changes", "code", "setting"), REFUSED, ids=lambda one: str(one)[:40])
def test_a_limit_refuses_until_staff_set_it_otherwise(center, kind, on, target, changes, code, setting):
    student = a_student(center, changes=changes)
    if setting[0] != "change_ahead_months":
        staff_set("change_ahead_months", 60)
    terms = to_major(*target) if target else {}
    with as_on(day("2026-11-21")):
        with refused(code):
            decided(student, kind, on, **terms)
        assert StudentChange.objects.count() == len(changes)
        staff_set(*setting)
        decided(student, kind, on, **terms)


ALLOWED = [
    ("suspend", "2026-11-21", {}, ()),
    ("change_major", "2025-08-31", ("081501",), ()),
    ("transfer_out", "2025-03-01", {}, ()),
    ("transfer_out", "2025-10-31", {}, ()),
    ("graduate", "2026-12-29", {}, ()),
    ("graduate", "2029-02-21", {}, COMPLETED),
    ("incomplete", "2025-09-01", {}, ()),
]


@pytest.mark.parametrize(("kind", "on", "target", "changes"), ALLOWED, ids=lambda one: str(one)[:40])
def test_the_last_day_of_a_limit_is_within_it(center, kind, on, target, changes):
    staff_set("change_ahead_months", 60)
    decided(a_student(center, changes=changes), kind, on, **(to_major(*target) if target else {}))


def test_a_late_return_is_possible_until_it_is_ruled_out(center):
    decided(a_student(center, changes=SUSPENDED), "resume", "2026-03-02")
    staff_set("late_resumption_allowed", False)
    student = a_student(center, changes=SUSPENDED)
    with refused("suspension_over"):
        decided(student, "resume", "2026-03-02")
    decided(student, "resume", "2026-03-01")


def test_a_suspension_that_goes_on_at_another_centre_is_one(center):
    """Its clock does not start anew: neither for the return nor for a withdrawal that it leads to."""
    other = LearningCenter.objects.get(code="0102")
    moved = (*SUSPENDED, ("change_center", "2025-09-01", {"new_center_id": other.pk}))
    staff_set("late_resumption_allowed", False)
    student, returning = a_student(center, changes=moved), a_student(center, changes=moved)
    with refused("suspension_over"):
        decided(returning, "resume", "2026-03-02")
    decided(returning, "resume", "2026-03-01")
    with refused("not_suspended_too_long"):
        decided(student, "withdraw", "2026-03-01", reason_code="suspended_too_long")
    decided(student, "withdraw", "2026-03-02", reason_code="suspended_too_long")


def test_a_suspension_before_another_is_not_counted_with_it(center):
    changes = (("suspend", "2024-10-01"), ("resume", "2025-02-01"), ("suspend", "2025-06-01"))
    staff_set("late_resumption_allowed", False)
    decided(a_student(center, changes=changes), "resume", "2026-06-01")
    with refused("suspension_over"):
        decided(a_student(center, changes=changes), "resume", "2026-06-02")


def test_only_who_is_suspended_was_suspended_too_long(center):
    changes = (*SUSPENDED, ("resume", "2026-03-01"))
    with refused("not_suspended_too_long"):
        decided(a_student(center, changes=changes), "withdraw", "2026-10-01", reason_code="suspended_too_long")


def test_time_suspended_is_not_studied(center):
    changes = (("suspend", "2025-03-01"), ("resume", "2025-09-01"))
    student = a_student(center, changes=changes)
    staff_set("change_ahead_months", 60)
    with refused("too_early_to_finish"):
        decided(student, "graduate", "2027-06-30")
    decided(student, "graduate", "2027-07-01")


def test_nobody_is_transferred_twice(center):
    student = a_student(center, kind="transfer_in")
    with refused("transferred_before"):
        decided(student, "transfer_out", "2025-03-01")


def test_whoever_is_enrolled_again_is_not_reinstated(center):
    number = an_identity_number()
    student = a_student(center, id_no=number, changes=(("withdraw", "2025-03-01"),))
    a_student(center, id_no=number, entered="2025-09-01")
    with refused("enrolled_elsewhere"):
        decided(student, "reinstate", "2025-10-01")
    staff_set("concurrent_enrolment_allowed", True)
    decided(student, "reinstate", "2025-10-01")


def test_an_enrolment_that_ends_on_the_day_of_the_reinstatement_does_not_stand_in_its_way(center):
    number = an_identity_number()
    student = a_student(center, id_no=number, changes=(("withdraw", "2025-03-01"),))
    a_student(center, id_no=number, entered="2025-03-01", changes=(("withdraw", "2025-10-01"),))
    with refused("enrolled_elsewhere"):
        decided(student, "reinstate", "2025-09-30")
    decided(student, "reinstate", "2025-10-01")


def test_a_death_is_not_dated_ahead(center):
    student = a_student(center)
    with as_on(day("2026-11-21")):
        with refused("not_happened_yet"):
            decided(student, "deceased", "2026-11-22")
        decided(student, "deceased", "2026-11-21")


def test_a_withdrawal_is_not_taken_back_beside_another_enrolment(center):
    """Also where the other one is under another record of the same person."""
    student, again = a_student(center, changes=(("withdraw", "2025-03-01"),)), a_student(center, entered="2025-09-01")
    merge_persons(student.person, again.person, reason="one person", by=the_system())
    document = StudentChange.objects.get()
    for act in (
        lambda: decided(student, "reverse", reverses=document),
        lambda: decided(student, "reinstate", "2025-10-01"),
    ):
        with refused("enrolled_elsewhere"):
            act()
    staff_set("concurrent_enrolment_allowed", True)
    decided(student, "reverse", reverses=document)


@pytest.mark.parametrize("kind", ["suspend", "withdraw", "expel", "cancel"])
def test_some_changes_need_a_reason(center, kind):
    student = a_student(center)
    with refused("reason_needed"):
        decided(student, kind, "2025-10-01", reason="")
    decided(student, kind, "2025-10-01", reason_code="other", reason="")
