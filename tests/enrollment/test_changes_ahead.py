"""Changes that are decided ahead: later periods, lists that say what holds today, withdrawal until the day, word on the day."""

import datetime as dt

import pytest
from django.utils import timezone

from common.dates import as_on, today
from common.errors import NotAllowed
from common.models import Recording
from common.notices import sentence
from enrollment.models import StudentChange, StudentPeriod
from enrollment.records.services.future import announce_changes, project_students, withdraw_future_change
from people.models import Notice
from tests.builders import a_center, a_student, a_user, an_institution
from tests.enrollment.asking import a_coordinator, decided, refused

pytestmark = pytest.mark.django_db
NEXT_MONTH = dt.date(2026, 12, 20)


@pytest.fixture(autouse=True)
def the_day():
    with as_on(dt.date(2026, 11, 21)):
        yield


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def student(center):
    return a_student(center, entered="2026-09-01")


@pytest.fixture
def registrar():
    return a_user("third", "enrollment.withdraw_future_change", at=an_institution())


def states(student):
    return list(
        StudentPeriod.objects.current().filter(student=student).order_by("position").values_list("state", flat=True)
    )


def listed(student):
    student.refresh_from_db()
    return student.current_state


def test_it_stands_as_a_later_period_and_the_list_says_what_holds_today(student):
    decided(student, "suspend", NEXT_MONTH.isoformat())
    assert states(student) == ["active", "suspended"]
    assert listed(student) == "active"
    project_students(student.institution)
    assert listed(student) == "active"
    known = Recording.objects.count()
    with as_on(NEXT_MONTH):
        assert project_students(student.institution) == 1
        assert listed(student) == "suspended"
        assert project_students(student.institution) == 0
    (recorded,) = Recording.objects.order_by("pk")[known:]
    assert (recorded.reason, recorded.actor.is_system) == ("enrollment.begin_day", True)


def test_a_student_stays_at_the_centre_until_the_day(student, center):
    other = a_center(an_institution(), "0102")
    decided_transfer(student, other)
    student.refresh_from_db()
    assert student.current_center == center
    with as_on(NEXT_MONTH):
        project_students(student.institution)
    student.refresh_from_db()
    assert student.current_center == other


def decided_transfer(student, other):
    decided(student, "change_center", NEXT_MONTH.isoformat(), new_center_id=other.pk)


def test_students_who_enter_with_a_later_change_are_active_until_then(center):
    student = a_student(center, entered="2026-09-01", changes=(("withdraw", NEXT_MONTH.isoformat()),))
    assert listed(student) == "active"
    with as_on(NEXT_MONTH):
        project_students(student.institution)
        assert listed(student) == "withdrawn"


def test_a_later_diploma_waits_for_its_day(center):
    changes = (("complete", "2026-07-01"), ("graduate", NEXT_MONTH.isoformat()))
    student = a_student(center, changes=changes)
    assert listed(student) == "completed"
    with as_on(NEXT_MONTH):
        project_students(student.institution)
        assert listed(student) == "graduated"


def test_until_its_day_it_is_withdrawn_by_one_person(student, registrar):
    decided(student, "suspend", NEXT_MONTH.isoformat())
    document = StudentChange.objects.in_force().get()
    with refused("required"):
        withdraw_future_change(document, reason=" ", by=registrar)
    reversal = withdraw_future_change(document, reason="is well again", by=registrar)
    assert (states(student), reversal.reverses.kind) == (["active"], "suspend")
    with refused("not_in_force"):
        withdraw_future_change(document, reason="again", by=registrar)


def test_from_its_day_on_two_people_are_needed(student, registrar):
    decided(student, "suspend", today(student.institution).isoformat())
    with refused("already_in_force"):
        withdraw_future_change(StudentChange.objects.in_force().get(), reason="is well again", by=registrar)


def test_the_centre_is_told_on_the_day_once(student, center):
    coordinator = a_coordinator(center)
    Notice.objects.all().delete()
    ahead = timezone.localdate() + dt.timedelta(days=30)  # news is what is later than its recording, by the real clock
    with as_on(timezone.localdate()):
        decided(student, "suspend", ahead.isoformat())
        assert announce_changes(student.institution) == 0
    with as_on(ahead + dt.timedelta(days=1)):
        assert announce_changes(student.institution) == 1
        assert announce_changes(student.institution) == 0
    notice = Notice.objects.get(user=coordinator, kind="change_in_force")
    assert (notice.terms["on"], notice.terms["count"]) == (ahead.isoformat(), 1)
    assert str(center) in sentence(notice.kind, notice.terms)


def test_what_begins_at_once_is_no_news(student, center):
    a_coordinator(center)
    decided(student, "suspend", "2026-11-20")
    assert announce_changes(student.institution) == 0


def test_an_outsider_may_not(student):
    decided(student, "suspend", NEXT_MONTH.isoformat())
    outsider = a_user("outsider", "enrollment.withdraw_future_change", at=a_center(an_institution(), "0105"))
    with pytest.raises(NotAllowed):
        withdraw_future_change(StudentChange.objects.in_force().get(), reason="mine", by=outsider)


def test_what_begins_today_is_listed_also_where_more_is_decided_for_later(student, center):
    on = today(student.institution).isoformat()
    decided(student, "suspend", on)
    decided(student, "resume", NEXT_MONTH.isoformat())
    entered = a_student(center, entered="2026-09-01", changes=(("suspend", on), ("resume", NEXT_MONTH.isoformat())))
    project_students(student.institution)
    assert [listed(one) for one in (student, entered)] == ["suspended", "suspended"]
    fresh = a_student(center, entered="2026-09-01", changes=(("suspend", on), ("resume", NEXT_MONTH.isoformat())))
    assert listed(fresh) == "suspended"
