"""Who has forgotten the password is given another, and may do nothing with it but choose an own one."""

import datetime as dt

import pytest
from django.urls import reverse

from common.dates import today
from common.errors import NotAllowed
from common.models import AuditEvent
from people.models import Membership, Notice, Role
from people.services.giving import give_password
from people.services.roles import shipped_roles
from tests.builders import a_center, a_user, an_institution, day
from tests.portal.conftest import client_of

pytestmark = pytest.mark.django_db
GIVEN, OWN = "Zebra-77-lamp", "Correct horse 7"
CHANGE = "portal:password"


@pytest.fixture
def center():
    return a_center(an_institution(), "0101")


@pytest.fixture
def coordinator(center):
    return a_user("coordinator", "portal.enter", at=center)


@pytest.fixture
def manager(center):
    return a_user("sysadmin", *shipped_roles()["sysadmin"]["verbs"], at=center.institution)


def page_of(user):
    return reverse("admin:people_user_change", args=[user.public_id])


def as_it_stands(user, **more):
    facts = {"username": user.username, "display_name": user.display_name, "email": "", "language": ""}
    return {**facts, "is_active": "on", "password1": "", "password2": "", **more}


def test_it_opens_the_account_to_choose_an_own_one(client, coordinator, manager):
    known = client_of(coordinator)
    assert known.get(reverse("portal:home")).status_code == 200
    answer = client_of(manager).post(page_of(coordinator), as_it_stands(coordinator, password1=GIVEN, password2=GIVEN))
    assert answer.status_code == 302
    assert known.get(reverse("portal:home")).status_code == 302, "a session from before is over"

    client.post(reverse("portal:sign_in"), {"username": "coordinator", "password": GIVEN})
    assert client.get(reverse("portal:home")).url == reverse(CHANGE)
    assert "Somebody else has set your password" in client.get(reverse(CHANGE)).content.decode()
    client.post(reverse(CHANGE), {"old_password": GIVEN, "new_password1": OWN, "new_password2": OWN})
    assert client.get(reverse("portal:home")).status_code == 200


def test_a_house_where_passwords_grow_old_asks_for_an_own_one_too(client, settings, coordinator, manager):
    settings.PASSWORD_DAYS = 0
    give_password(coordinator, GIVEN, by=manager)
    client.post(reverse("portal:sign_in"), {"username": "coordinator", "password": GIVEN})
    assert client.get(reverse("portal:home")).url == reverse(CHANGE)


def test_a_new_account_chooses_its_own_at_the_first_sign_in(client, center, manager):
    role = Role.objects.create(code="coordinator", name="Coordinator", verbs=["portal.enter"])
    place = {"role": role.pk, "institution": center.institution_id, "center": center.pk}
    terms = {"username": "new", "password1": GIVEN, "password2": GIVEN, **place}
    client_of(manager).post(reverse("admin:people_user_add"), terms)
    client.post(reverse("portal:sign_in"), {"username": "new", "password": GIVEN})
    assert client.get(reverse("portal:home")).url == reverse(CHANGE)


def test_the_owner_and_the_auditors_are_told(center, coordinator, manager):
    give_password(coordinator, GIVEN, by=manager)
    assert Notice.objects.get(user=coordinator).kind == "password_given"
    assert AuditEvent.objects.filter(institution=center.institution, verb="people.give_password").count() == 1


def test_it_ends_a_lockout(client, coordinator, manager):
    tries = {"username": "coordinator", "password": "wrong"}
    for _ in range(5):
        client.post(reverse("portal:sign_in"), tries)
    give_password(coordinator, GIVEN, by=manager)
    client.post(reverse("portal:sign_in"), {"username": "coordinator", "password": GIVEN})
    assert client.get(reverse("portal:home")).url == reverse(CHANGE)


def test_an_account_that_also_works_elsewhere_is_not_opened(coordinator, manager):
    other = an_institution("10002")
    role = Role.objects.create(code="other", name="Other", verbs=["portal.enter"])
    Membership.objects.create(user=coordinator, role=role, institution=other, center=a_center(other, "0201"))
    with pytest.raises(NotAllowed):
        give_password(coordinator, GIVEN, by=manager)
    assert "password1" not in client_of(manager).get(page_of(coordinator)).content.decode()
    answer = client_of(manager).post(page_of(coordinator), {"username": "stolen", "email": "thief@example.org"})
    coordinator.refresh_from_db()
    assert (answer.status_code, coordinator.username, coordinator.email) == (403, "coordinator", "")
    assert coordinator.is_active, "whether the account is open concerns the other house too"


def test_an_account_that_will_work_elsewhere_is_not_opened_either_and_one_that_did_is(coordinator, manager):
    other = an_institution("10002")
    role = Role.objects.create(code="other", name="Other", verbs=["portal.enter"])
    terms = {"user": coordinator, "role": role, "institution": other, "center": a_center(other, "0201")}
    later = Membership.objects.create(**terms, begin=today() + dt.timedelta(days=30))
    with pytest.raises(NotAllowed):
        give_password(coordinator, GIVEN, by=manager)
    Membership.objects.filter(pk=later.pk).update(begin=day("2020-01-01"), end=today() + dt.timedelta(days=1))
    with pytest.raises(NotAllowed):
        give_password(coordinator, GIVEN, by=manager)
    Membership.objects.filter(pk=later.pk).update(end=today())
    give_password(coordinator, GIVEN, by=manager)


def test_nobody_gives_a_password_to_themselves(manager):
    """Who finds a session open would own the account without knowing the password of it."""
    with pytest.raises(NotAllowed):
        give_password(manager, GIVEN, by=manager)
    assert "password1" not in client_of(manager).get(page_of(manager)).content.decode()


def test_who_manages_at_one_centre_gives_no_role_for_the_house(center):
    local = a_user("local", *shipped_roles()["sysadmin"]["verbs"], at=center)
    role = Role.objects.create(code="registrar", name="Registrar", verbs=["admin.enter"])
    terms = {"username": "new", "password1": GIVEN, "password2": GIVEN, "role": role.pk}
    answer = client_of(local).post(reverse("admin:people_user_add"), terms | {"institution": center.institution_id})
    assert "institution" in answer.context["adminform"].form.errors
    terms = {"user": local.pk, "role": role.pk, "institution": center.institution_id, "begin": "2026-01-01"}
    assert client_of(local).post(reverse("admin:people_membership_add"), terms).status_code == 200
    assert not Membership.objects.filter(role=role).exists()


def test_an_outsider_gives_no_password(coordinator):
    elsewhere = a_user("elsewhere", *shipped_roles()["sysadmin"]["verbs"], at=an_institution("10002"))
    with pytest.raises(NotAllowed):
        give_password(coordinator, GIVEN, by=elsewhere)
    coordinator.refresh_from_db()
    assert not coordinator.check_password(GIVEN)


@pytest.mark.parametrize("wrong", [{"password1": GIVEN}, {"password1": GIVEN, "password2": OWN}, {"password2": GIVEN}])
def test_half_a_password_is_refused_and_the_old_one_stays(coordinator, manager, wrong):
    before = coordinator.password
    answer = client_of(manager).post(page_of(coordinator), as_it_stands(coordinator, **wrong))
    assert answer.context["adminform"].form.errors["password2"]
    coordinator.refresh_from_db()
    assert coordinator.password == before


def test_without_a_new_one_the_old_one_stays(coordinator, manager):
    before = coordinator.password
    client_of(manager).post(page_of(coordinator), as_it_stands(coordinator, display_name="Li"))
    coordinator.refresh_from_db()
    assert (coordinator.display_name, coordinator.password) == ("Li", before)


def test_the_page_of_an_account_leads_nowhere_that_is_not_there(coordinator, manager):
    page = client_of(manager).get(page_of(coordinator)).content.decode()
    assert 'href=""' not in page
    assert "historylink" not in page
    assert 'name="_save"' in page
    assert "_addanother" not in page
    assert "_continue" not in page
