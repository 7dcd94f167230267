import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from common.access import can
from enrollment.models import Student
from tests.builders import TODAY, a_center, a_student, a_user, an_institution

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


def sign_in(client, username: str, password: str = PASSWORD):
    return client.post(reverse("admin:login"), {"username": username, "password": password})


@pytest.fixture
def registrar():
    return a_user("registrar", "admin.enter", "enrollment.view_student", at=an_institution())


def test_five_wrong_passwords_lock_the_door_for_a_while(client, registrar):
    with time_machine.travel(TODAY) as clock:
        answers = [sign_in(client, "registrar", "wrong").status_code for _ in range(6)]
        assert answers == [200, 200, 200, 200, 429, 429]
        assert sign_in(client, "registrar").status_code == 429
        clock.shift(dt.timedelta(minutes=16))
        assert sign_in(client, "registrar").status_code == 302


def test_someone_elses_failures_do_not_lock_me_out(client, registrar):
    a_user("other")
    for _ in range(6):
        sign_in(client, "other", "wrong")
    assert sign_in(client, "registrar").status_code == 302


def test_without_the_right_to_enter_nobody_gets_in(client):
    a_user("coordinator", "enrollment.view_student", at=an_institution())
    assert sign_in(client, "coordinator").status_code == 200


def test_the_system_user_has_no_way_in(client):
    from_the_clock = type(a_user("x")).objects.system()
    assert not from_the_clock.check_password("")
    assert sign_in(client, "system", "").status_code == 200


def test_an_inactive_user_sees_and_may_nothing(registrar):
    student = a_student(a_center(an_institution()))
    assert Student.objects.visible_to(registrar).get() == student
    registrar.is_active = False
    assert not Student.objects.visible_to(registrar).exists()
    assert not can(registrar, "enrollment.view_student", student)


def test_a_membership_that_has_ended_gives_nothing():
    institution = an_institution()
    user = a_user("former", "enrollment.view_student", at=institution)
    user.memberships.update(end=TODAY - dt.timedelta(days=400))
    a_student(a_center(institution))
    assert user.reaches == ()
    assert not Student.objects.visible_to(user).exists()


def test_rights_at_a_centre_end_at_its_door():
    institution = an_institution()
    mine, other = (a_student(a_center(institution, code)) for code in ("0101", "0102"))
    user = a_user("coordinator", "enrollment.record_change", at=mine.current_center)
    assert list(Student.objects.visible_to(user)) == [mine]
    assert can(user, "enrollment.record_change", mine)
    assert not can(user, "enrollment.record_change", other)
    assert not can(user, "enrollment.reverse_change", mine)


def test_a_session_that_nobody_uses_ends(client, registrar):
    page = reverse("admin:index")
    with time_machine.travel(TODAY) as clock:
        client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
        for _ in range(3):
            clock.shift(dt.timedelta(minutes=29))
            assert client.get(page).status_code == 200
        clock.shift(dt.timedelta(minutes=32))
        sent_out = client.get(page)
        assert sent_out.url == f"{reverse('portal:sign_in')}?next={page}"
        assert "nothing was done for a while" in client.get(sent_out.url).content.decode()


def test_a_page_that_looks_again_by_itself_keeps_nobody_signed_in(client, registrar):
    by_itself = {"HX-Request": "true"}
    with time_machine.travel(TODAY) as clock:
        client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
        client.get(reverse("admin:index"))
        answers = []
        for _ in range(2):
            clock.shift(dt.timedelta(minutes=20))
            answers.append(client.get(reverse("admin:index"), headers=by_itself))
        assert [one.status_code for one in answers] == [200, 204]
        assert answers[1]["HX-Redirect"] == reverse("portal:sign_in")
