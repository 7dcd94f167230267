import pytest
from django.urls import reverse

from common.errors import DomainError
from demo.accounts import open_accounts
from enrollment.models import Student
from people.models import User
from tests.builders import a_center, a_student, an_institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(settings):
    settings.DEMO_ACCOUNTS, settings.DEMO_PASSWORD = True, "shown at the start"
    center = a_center(an_institution("11414"))
    return a_student(center)


def test_each_kind_of_user_gets_one_and_may_come_in(loaded, client):
    signins = open_accounts()
    assert [signin.username for signin in signins] == [
        "registrar-cup", "coordinator-cup", "statistician-cup", "administrator-cup",
    ]  # fmt: skip
    for signin in signins:
        client.logout()
        form = {"username": signin.username, "password": "shown at the start"}
        assert client.post(reverse("admin:login"), form).status_code == 302
        assert client.get(reverse("admin:index")).status_code == 200


def test_the_administrator_sees_no_student(loaded):
    open_accounts()
    seen = {
        user.username: Student.objects.visible_to(user, "enrollment.view_students").count()
        for user in User.objects.filter(is_demo=True)
    }
    assert seen == {"registrar-cup": 1, "coordinator-cup": 1, "statistician-cup": 1, "administrator-cup": 0}


def test_opening_them_twice_changes_nothing(loaded):
    open_accounts()
    before = list(User.objects.order_by("pk").values())
    open_accounts()
    assert list(User.objects.order_by("pk").values()) == before


def test_a_site_without_demo_accounts_gets_none(loaded, settings):
    settings.DEMO_ACCOUNTS = False
    with pytest.raises(DomainError, match="no demo accounts"):
        open_accounts()
    assert not User.objects.filter(is_demo=True).exists()
