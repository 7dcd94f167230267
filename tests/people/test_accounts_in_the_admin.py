"""Who makes accounts says where each role holds, and the auditor can read it."""

import pytest
from django.urls import reverse

from common.models import AuditEvent
from people.models import ApprovalRequest, Membership, Role, User
from people.services.approving import approve
from people.services.roles import ensure_roles, shipped_roles
from tests.builders import a_center, a_user, an_institution, the_system
from tests.portal.conftest import client_of

WORD = "Zebra-77-lamp"


@pytest.fixture
def center(db):
    ensure_roles(by=the_system())
    return a_center(an_institution(), "0101")


@pytest.fixture
def client(center):
    return client_of(a_user("sysadmin", *shipped_roles()["sysadmin"]["verbs"], at=center.institution))


def said(center, role: str, /, **more) -> dict:
    role = Role.objects.get(code=role)
    account = {"username": "new", "password1": WORD, "password2": WORD}
    return {"role": role.pk, "institution": center.institution_id, "school": "", "center": "", **account, **more}


def approved() -> None:
    """By a second person, as every role that reads personal data is."""
    second = a_user("second", *shipped_roles()["second_registrar"]["verbs"], at=an_institution())
    approve(ApprovalRequest.objects.get(), by=second)


def test_a_coordinator_is_not_made_without_a_centre(client, center):
    url = reverse("admin:people_user_add")
    answer = client.post(url, said(center, "coordinator"))
    assert "every centre" in str(answer.context["adminform"].form.errors["center"])
    assert not User.objects.filter(username="new").exists()
    client.post(url, said(center, "coordinator", center=center.pk))
    approved()
    assert Membership.objects.get(user__username="new").center == center


def test_two_places_at_once_are_refused_in_words(client, center):
    both = {"center": center.pk, "school": center.school_id}
    answer = client.post(reverse("admin:people_user_add"), said(center, "coordinator", **both))
    assert "not more than one" in str(answer.context["adminform"].form.errors)


def test_a_further_role_in_the_portal_needs_a_centre_but_a_wrong_one_can_be_ended(client, center):
    known = a_user("known", at=center.institution)
    terms = {"user": known.pk, "begin": "2024-01-01", "end": "", **said(center, "coordinator")}
    answer = client.post(reverse("admin:people_membership_add"), terms)
    assert answer.context["adminform"].form.errors["center"]
    coordinator = Role.objects.get(code="coordinator")
    wrong = Membership.objects.create(user=known, role=coordinator, institution=center.institution, begin="2024-01-01")
    client.post(reverse("admin:people_membership_change", args=[wrong.pk]), terms | {"end": "2024-02-01"})
    wrong.refresh_from_db()
    assert wrong.end.isoformat() == "2024-02-01"


def test_the_trail_tells_the_institution_who_was_given_what(client, center):
    client.post(reverse("admin:people_user_add"), said(center, "coordinator", center=center.pk))
    approved()
    events = AuditEvent.objects.filter(institution=center.institution)
    given = events.get(verb="people.add_membership").detail
    assert (given["username"], given["role"], given["center"]) == ("new", "coordinator", "0101")
    assert events.get(verb="people.add_user").detail["username"] == "new"
