"""What needs a decision today: each line only for those who may act on it, and never what one has asked for oneself."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from common.decisions import decisions_for as decisions
from enrollment.models import ChangeRequest, WatchItem
from enrollment.services import RequestDraft, open_batch, request_change
from exchange.models import Export
from learning_centers.models import LearningCenter, School
from tests.applicants import a_place, an_application
from tests.builders import a_center, a_student, a_user, a_version, an_institution, day

pytestmark = pytest.mark.django_db


def titles(user) -> list[str]:
    return [str(one.title) for one in decisions(user)]


@pytest.fixture
def center():
    return a_center(an_institution())


def test_applications_wait_by_centre_in_the_readers_language(center, client):
    LearningCenter.objects.filter(pk=center.pk).update(name_en="Changsha Learning Center")
    a_place(center)
    an_application(center)
    an_application(center)
    user = a_user("registrar", "admin.enter", "enrollment.accept_application", at=an_institution())
    (line,) = decisions(user)
    assert line.title == "2 applications wait for a decision"
    assert [str(one.label) for one in line.lines] == [f"{center.code} Changsha Learning Center: 2"]
    assert titles(a_user("other", "enrollment.view_applications", at=an_institution())) == []
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "2 applications wait" in client.get(reverse("admin:index")).content.decode()


def test_a_new_institution_is_led_from_step_to_step():
    home = an_institution()
    verbs = "learning_centers.offer_programme", "learning_centers.open_center", "enrollment.open_batch"
    registrar, outsider = a_user("new", *verbs, at=home), a_user("outsider", *verbs, at=an_institution("10003"))
    seen = [titles(registrar)]
    a_version(home)
    seen.append(titles(registrar))
    a_center(home, "0101")
    seen.append(titles(registrar))
    open_batch(home, "2027-spring", by=registrar)
    assert [[one.split(":")[0] for one in step] for step in [*seen, titles(registrar)]] == [
        ["No programme is open yet"], ["There is no learning centre yet"], ["No entry batch is planned yet"], [],
    ]  # fmt: skip
    (own,) = decisions(outsider)
    assert [str(line.label) for line in own.lines] == ["upload a file", "10003 中国石油大学"]


def test_roles_in_a_unit_that_has_ended_are_shown_to_who_gives_roles(center):
    a_user("manager", "learning_centers.view_centers", at=center.school)
    administrator = a_user("administrator", "people.manage_users", at=center.institution)
    outsider = a_user("outsider", "people.manage_users", at=an_institution("10003"))
    assert titles(administrator) == []
    School.objects.filter(pk=center.school_id).update(closed_on=day("2025-01-01"))
    (line,) = decisions(administrator)
    assert "manager" in str(line.lines[0].label)
    assert titles(outsider) == []


def test_a_request_waits_for_the_second_person_alone(center):
    student = a_student(center, changes=(("suspend", "2025-09-01"),))
    verbs = "enrollment.request_change", "enrollment.approve_change"
    asker, other = a_user("asker", *verbs, at=an_institution()), a_user("other", *verbs, at=an_institution())
    request_change(student, RequestDraft("resume", day("2026-03-01")), by=asker)
    assert titles(asker) == []
    assert titles(other) == ["1 request waits for the second person"]


def test_a_centre_that_stays_silent_is_named_after_a_week(center):
    student, target = a_student(center), a_center(an_institution(), "0102")
    asker = a_user("asker", "enrollment.request_change", at=an_institution())
    request_change(student, RequestDraft("change_center", day("2026-03-01"), new_center_id=target.pk), by=asker)
    registrar = a_user("registrar", "enrollment.waive_consent", "enrollment.approve_change", at=an_institution())
    assert titles(registrar) == []
    ChangeRequest.objects.update(requested_at=timezone.now() - dt.timedelta(days=8))
    assert titles(registrar) == ["Centres have not said for a week whether they agree"]


def test_lists_and_exports_wait_too(center):
    student, asker = a_student(center), a_user("asker", at=an_institution())
    WatchItem.objects.create(
        institution=center.institution, list="over_max", center=center, student=student, since=day("2026-01-01"),
        found_on=day("2026-01-02"),
    )  # fmt: skip
    Export.objects.create(institution=center.institution, kind="roster", reason="test", rows=900, asked_by=asker)
    user = a_user("second", "enrollment.view_students", "people.decide_export", at=an_institution())
    assert titles(user) == [
        "Exports of persons wait for the second person", "Students on the lists wait for a decision",
    ]  # fmt: skip
