"""A revoked centre has no students, also not by an appeal, by taking a document back or by registering late
(docs/rules.md §2.8)."""

import pytest

from common.dates import as_on
from enrollment.models import Application, StudentChange, StudentPeriod
from enrollment.records.services.future import withdraw_future_change
from enrollment.services import ChangeDraft, record_change, register_student, reverse_change, revoke_center
from learning_centers.services import stop_intake
from tests.applicants import a_place, an_application
from tests.builders import a_center, a_student, a_version, an_institution, day, the_system
from tests.enrollment.asking import refused

pytestmark = pytest.mark.django_db
GONE = day("2026-03-01")


@pytest.fixture
def closed():
    """Takes nobody in from January 2026 and is revoked in March."""
    return a_center(an_institution(), "0104")


@pytest.fixture
def other():
    return a_center(an_institution(), "0102")


def revoke(center):
    stop_intake(center, on=day("2026-01-01"), by=the_system())
    revoke_center(center, on=GONE, by=the_system())


def draft(kind, on, **terms):
    return ChangeDraft(kind, day(on), reason="decided", **terms)


def where(student):
    return StudentPeriod.objects.current().filter(student=student).order_by("-position")[0].center


def test_whoever_is_reinstated_goes_to_another_centre(closed, other):
    student = a_student(closed, changes=(("withdraw", "2025-12-01"),))
    revoke(closed)
    with refused("center_revoked"):
        record_change(student, draft("reinstate", "2026-04-01"), by=the_system())
    unfiled = a_center(an_institution(), "0105", majors=("030101K",))
    with refused("major_not_open_at_center"):
        record_change(student, draft("reinstate", "2026-04-01", new_center_id=unfiled.pk), by=the_system())
    record_change(student, draft("reinstate", "2026-04-01", new_center_id=other.pk), by=the_system())
    student.refresh_from_db()
    assert (where(student), student.current_center, student.current_state) == (other, other, "active")


@pytest.mark.parametrize("kind", ["withdraw", "change_center"])
def test_what_led_away_is_not_taken_back(closed, other, kind):
    terms = {"new_center_id": other.pk} if kind == "change_center" else {}
    student = a_student(closed, changes=((kind, "2025-12-01", terms),))
    revoke(closed)
    with refused("center_revoked"):
        reverse_change(StudentChange.objects.get(), decision_no="1", reason="wrong", by=the_system())
    assert StudentChange.objects.current().in_force().get(student=student).kind == kind


def test_a_transfer_ahead_that_the_revocation_stands_on_is_not_withdrawn(closed, other):
    with as_on(day("2026-02-01")):
        student = a_student(closed, changes=(("change_center", "2026-02-20", {"new_center_id": other.pk}),))
        revoke(closed)
        with refused("center_revoked"):
            withdraw_future_change(StudentChange.objects.get(), reason="stays", by=the_system())
    assert where(student) == other


def test_whoever_is_left_there_may_still_leave(closed, other):
    """Records from before may say so."""
    revoke(closed)
    students = [a_student(closed, number) for number in ("900001", "900002")]
    record_change(students[0], draft("withdraw", "2026-05-01"), by=the_system())
    record_change(students[1], draft("change_center", "2026-05-01", new_center_id=other.pk), by=the_system())
    assert where(students[1]) == other


def test_what_happened_there_is_taken_back_where_no_day_is_added(closed):
    """The student has been there all the time; only the suspension was an error."""
    revoke(closed)
    student = a_student(closed, changes=(("suspend", "2025-12-01"),))
    reverse_change(StudentChange.objects.get(), decision_no="1", reason="wrong", by=the_system())
    student.refresh_from_db()
    assert (where(student), student.current_state) == (closed, "active")


def test_nobody_is_registered_there_late(closed):
    a_place(closed, 2, "2025-autumn")
    waiting = an_application(closed, "checked_in", batch="2025-autumn")
    revoke(closed)
    with refused("center_stopped_intake"):
        register_student(waiting, on=day("2026-03-02"), by=the_system())
    assert Application.objects.get().student is None


def test_a_document_that_a_later_move_stands_on_is_not_taken_back(other):
    """There and back: without the first, the second leads nowhere. Another major where it is filed: without the move, it is not."""
    here = a_center(an_institution(), "0101")
    a_student(
        here, "900001", changes=(
            ("change_center", "2025-10-01", {"new_center_id": other.pk}),
            ("change_center", "2026-01-10", {"new_center_id": here.pk}),
        ),
    )  # fmt: skip
    with refused("later_change_leads_nowhere"):
        reverse_change(
            StudentChange.objects.order_by("effective_date")[0], decision_no="1", reason="x", by=the_system()
        )
    both = a_center(an_institution(), "0103", majors=("081502", "081501"))
    major = a_version(an_institution(), "081501")
    a_student(
        here, "900002", changes=(
            ("change_center", "2025-11-01", {"new_center_id": both.pk}),
            ("change_major", "2025-12-01", {"new_programme_version_id": major.pk}),
        ),
    )  # fmt: skip
    with refused("major_not_open_at_center"):
        reverse_change(
            StudentChange.objects.get(effective_date=day("2025-11-01")), decision_no="1", reason="x", by=the_system()
        )
