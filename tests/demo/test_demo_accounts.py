import pytest

from demo.accounts import make_demo_accounts
from demo.files import FOLDER, read_toml
from learning_centers.models import LearningCenter
from people.models import Membership, User

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def allowed(settings):
    settings.DEMO_ACCOUNTS, settings.DEMO_PASSWORD = True, "shown by make demo"


def test_each_kind_of_user_gets_one_sign_in(loaded, allowed):
    made = make_demo_accounts()
    told = read_toml(FOLDER / "accounts.toml")["account"]
    assert [one.username for one in made] == [one["username"] for one in told if one["institution"] != "19176"]
    registrar = User.objects.get(username="cup.registrar")
    assert registrar.check_password("shown by make demo")
    assert registrar.is_demo
    assert registrar.is_staff
    assert registrar.email == "cup.registrar@demo.invalid"


def test_a_coordinator_sees_one_center(loaded, allowed):
    make_demo_accounts()
    coordinator = User.objects.get(username="hnust.coordinator")
    seen = LearningCenter.objects.visible_to(coordinator)
    assert [center.code for center in seen] == ["4351"]
    assert seen.get().institution == loaded["hnust"]


def test_accounts_are_made_once(loaded, allowed):
    make_demo_accounts()
    password = User.objects.get(username="cup.registrar").password
    make_demo_accounts()
    assert User.objects.get(username="cup.registrar").password == password
    assert Membership.objects.filter(user__username="cup.registrar").count() == 1


@pytest.mark.parametrize(("switched_on", "password"), [(False, "secret"), (True, "")])
def test_none_where_they_are_not_wanted(loaded, settings, switched_on, password):
    settings.DEMO_ACCOUNTS, settings.DEMO_PASSWORD = switched_on, password
    assert make_demo_accounts() == []
    assert not User.objects.filter(is_demo=True).exists()


def test_a_school_manager_sees_the_centres_of_one_school(loaded, allowed):
    make_demo_accounts()
    manager = User.objects.get(username="cup.manager")
    assert [reach.level for reach in manager.reaches] == ["school"]
    seen = LearningCenter.objects.visible_to(manager)
    assert seen.exists()
    assert {center.school.code for center in seen} == {"OCE"}
