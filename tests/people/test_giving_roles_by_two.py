"""A role that reads personal data or decides is asked for by who manages the accounts and given when somebody else approves it;
whoever approves hands the password over."""

import pytest
from django.urls import reverse

from common.access import can
from common.dates import today
from common.errors import DomainError, NotAllowed
from common.models import AuditEvent
from people.models import ApprovalRequest, Membership, Notice, Role, User
from people.services.accounts import grant_role, open_account
from people.services.approving import approve
from people.services.giving import give_password
from people.services.granting import ask_for_password, ask_to_reactivate, grant_role_or_ask
from people.services.roles import ensure_roles, shipped_roles
from tests.builders import a_center, a_user, an_institution, day, the_system
from tests.portal.conftest import client_of

WORD = "Zebra-77-lamp"


@pytest.fixture
def center(db):
    ensure_roles(by=the_system())
    return a_center(an_institution(), "0101")


@pytest.fixture
def home(center):
    return center.institution


@pytest.fixture
def head(home):
    return a_user("head", *shipped_roles()["sysadmin"]["verbs"], at=home)


@pytest.fixture
def li(home):
    return a_user("li", *shipped_roles()["registrar"]["verbs"], at=home)


def role(code: str) -> Role:
    return Role.objects.get(code=code)


def held(user: User) -> list[str]:
    return list(user.memberships.on(today()).values_list("role__code", flat=True))


def refusal_of(call, *given, **named) -> str:
    with pytest.raises(DomainError) as refusal:
        call(*given, **named)
    return refusal.value.code


def waiting() -> ApprovalRequest:
    return ApprovalRequest.objects.get(status="waiting")


def new_account(client, home, code: str, **more):
    terms = {"username": "wang", "role": role(code).pk, "institution": home.pk, **more}
    return client.post(reverse("admin:people_user_add"), terms)


def membership(client, user: User, **more):
    terms = {"user": user.pk, "begin": "2024-01-01", "end": "", "school": "", "center": "", "partner": "", **more}
    return client.post(reverse("admin:people_membership_add"), terms)


@pytest.mark.parametrize("code", [*shipped_roles()])
def test_no_shipped_role_comes_from_one_person(home, center, head, code):
    places = {"center": center} if code == "coordinator" else {}
    assert refusal_of(open_account, "wang", role(code), home, by=head, **places) == "second_person"
    assert refusal_of(grant_role, a_user("known"), role(code), home, by=head, **places) == "second_person"
    assert not Membership.objects.filter(role__code=code).exists()


def test_a_new_account_comes_with_the_approval_and_its_password_is_not_the_askers(home, head, li, client):
    auditor = a_user("auditor", *shipped_roles()["auditor"]["verbs"], at=home)
    answer = new_account(client_of(head), home, "registrar", password1=WORD, password2=WORD)
    assert answer.url == reverse("admin:people_approvalrequest_change", args=[waiting().public_id])
    assert not User.objects.filter(username="wang").exists()
    page = client_of(li).post(reverse("admin:people_approvalrequest_approve_grant", args=[waiting().public_id]))
    user = User.objects.get(username="wang")
    assert held(user) == ["registrar"]
    assert not user.check_password(WORD)
    password = page.content.decode().partition("this password; ")[2].split(": ")[1][:19]
    assert user.check_password(password)
    assert Notice.objects.get(kind="guard_changed").user == auditor
    client.post(reverse("admin:login"), {"username": "wang", "password": password})
    assert client.get(reverse("admin:index")).url == reverse("admin:password_change")


def test_an_account_made_up_before_is_not_entered_by_who_made_it_up(home, head, li):
    """A harmless role and a password of one's own choice first, the role that matters afterwards."""
    harmless = Role.objects.create(code="guest", name="Guest", verbs=["admin.enter"])
    client = client_of(head)
    terms = {"password1": WORD, "password2": WORD, "role": harmless.pk, "institution": home.pk}
    client.post(reverse("admin:people_user_add"), {"username": "wang", **terms})
    puppet = User.objects.get(username="wang")
    assert puppet.check_password(WORD)
    membership(client, puppet, role=role("registrar").pk, institution=home.pk)
    password = approve(waiting(), by=li)
    puppet.refresh_from_db()
    assert password
    assert not puppet.check_password(WORD)


def test_nobody_approves_what_they_asked_for_or_gain_by(home, head, li):
    second_head = a_user("second head", *shipped_roles()["sysadmin"]["verbs"], at=home)
    request = grant_role_or_ask(second_head, role("registrar"), home, by=head, begin=today())
    assert refusal_of(approve, request, by=head) == "second_person"
    assert refusal_of(approve, request, by=second_head) == "second_person"
    assert not can(second_head, "enrollment.view_students", home)
    approve(request, by=li)
    assert "registrar" in held(second_head)


def test_nobody_gives_a_role_to_themselves(home, head):
    with pytest.raises(NotAllowed):
        grant_role_or_ask(head, role("auditor"), home, by=head, begin=today())
    assert not ApprovalRequest.objects.exists()


@pytest.mark.parametrize(
    "more", [{"role": "registrar"}, {"center": None, "school": "its"}, {"end": ""}, {"begin": "2020-01-01"}]
)
def test_what_gives_more_waits(home, center, head, li, more):
    user = a_user("wang")
    row = Membership.objects.create(
        user=user, role=role("school_manager"), institution=home, center=center, begin=day("2024-01-01"),
        end=day("2024-06-01"),
    )  # fmt: skip
    terms = {"role": "school_manager", "institution": home.pk, "school": "", "center": center.pk, "partner": ""}
    terms |= {"begin": "2024-01-01", "end": "2024-06-01", **more}
    terms["role"] = role(terms["role"]).pk
    terms["center"] = terms["center"] or ""
    terms["school"] = center.school_id if terms["school"] else ""
    client_of(head).post(reverse("admin:people_membership_change", args=[row.pk]), terms)
    before = Membership.objects.filter(pk=row.pk).values().get()
    assert (
        before
        == Membership.objects.filter(pk=row.pk, end="2024-06-01", begin="2024-01-01", center=center).values().get()
    )
    approve(waiting(), by=li)
    assert Membership.objects.filter(pk=row.pk).values().get() != before


def test_what_gives_less_holds_at_once(home, head):
    row = Membership.objects.create(user=a_user("wang"), role=role("registrar"), institution=home, begin="2024-01-01")
    terms = {"role": row.role_id, "institution": home.pk, "begin": "2024-01-01", "end": "2024-02-01"}
    client_of(head).post(reverse("admin:people_membership_change", args=[row.pk]), terms)
    row.refresh_from_db()
    assert row.end == day("2024-02-01")
    assert AuditEvent.objects.get(verb="people.change_membership").detail["end"] == "2024-02-01"


def test_the_password_of_such_an_account_is_handed_over_by_the_second_person(home, head, li):
    wang = a_user("wang", *shipped_roles()["registrar"]["verbs"], at=home)
    assert refusal_of(give_password, wang, WORD, by=head) == "second_person"
    page = reverse("admin:people_user_change", args=[wang.public_id])
    client = client_of(head)
    assert "password1" not in client.get(page).content.decode()
    client.post(
        page, {"username": "wang", "is_active": "on", "password1": WORD, "password2": WORD, "new_password": "on"}
    )
    wang.refresh_from_db()
    assert wang.check_password("correct horse")
    assert refusal_of(approve, waiting(), by=wang) == "second_person"
    password = approve(waiting(), by=li)
    wang.refresh_from_db()
    assert wang.check_password(password)
    assert Notice.objects.get(kind="password_given").user == wang


def test_a_closed_account_is_opened_by_two_and_closed_by_one(home, head, li):
    wang = a_user("wang", *shipped_roles()["registrar"]["verbs"], at=home)
    page, client = reverse("admin:people_user_change", args=[wang.public_id]), client_of(head)
    client.post(page, {"username": "wang"})
    wang.refresh_from_db()
    assert not wang.is_active
    client.post(page, {"username": "wang", "is_active": "on", "display_name": "王老师"})
    wang.refresh_from_db()
    assert (wang.is_active, wang.display_name) == (False, "王老师")
    approve(waiting(), by=li)
    wang.refresh_from_db()
    assert wang.is_active


def test_who_manages_no_longer_has_asked_for_nothing(home, head, li):
    wang = a_user("wang", *shipped_roles()["registrar"]["verbs"], at=home)
    request = ask_for_password(wang, by=head)
    head.memberships.all().delete()
    assert refusal_of(approve, request, by=li) == "asker_not_allowed"


def test_an_outsider_asks_for_nothing(home, li):
    wang = a_user("wang", *shipped_roles()["registrar"]["verbs"], at=home)
    elsewhere = a_user("elsewhere", *shipped_roles()["sysadmin"]["verbs"], at=an_institution("10002"))
    for call in (ask_for_password, ask_to_reactivate):
        with pytest.raises(NotAllowed):
            call(wang, by=elsewhere)
    with pytest.raises(NotAllowed):
        grant_role_or_ask(wang, role("registrar"), home, by=elsewhere, begin=today())
    assert not ApprovalRequest.objects.exists()
