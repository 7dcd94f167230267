"""A registrar asks for another value of a rule that guards; it holds when a second person approves, and the auditors are told."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from common.errors import DomainError, NotAllowed
from common.models import AuditEvent, Recording
from learning_centers.models import RuleSetting
from learning_centers.rules import rule
from learning_centers.services import Setting
from people.models import ApprovalRequest, Membership, Notice
from people.services.approving import approve, refuse, withdraw
from people.services.guarded_rules import drop_rule_or_ask, set_rule_or_ask
from people.services.roles import shipped_roles
from tests.builders import a_user, an_institution, day, the_system
from tests.portal.conftest import client_of

pytestmark = pytest.mark.django_db
NAME = "export_rows_alone"


@pytest.fixture
def home():
    return an_institution()


def of_role(role: str, username: str = "", **facts):
    return a_user(username or role, *shipped_roles()[role]["verbs"], at=an_institution(), **facts)


@pytest.fixture
def registrar(home):
    return of_role("registrar")


@pytest.fixture
def second(home):
    return of_role("second_registrar")


def asked(by, value=900, **more) -> ApprovalRequest:
    return set_rule_or_ask(an_institution(), Setting(NAME, value, "校发〔2026〕1号", **more), by=by)


def holds() -> int:
    return rule(NAME, an_institution(), on=day("2026-03-01"))


def refusal_of(call, *given, **named) -> str:
    with pytest.raises(DomainError) as refusal:
        call(*given, **named)
    return refusal.value.code


def test_it_holds_once_a_second_person_approves_and_the_auditors_are_told(registrar, second):
    auditor = of_role("auditor")
    request = asked(registrar)
    assert holds() == 500
    assert Notice.objects.get(kind="approval_waiting").user == second
    assert approve(request, by=second) == ""
    assert holds() == 900
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("approved", second)
    assert Notice.objects.get(kind="guard_changed").user == auditor
    assert Notice.objects.get(kind="approval_given").user == registrar
    assert Recording.objects.get(reason="learning_centers.set_rule").actor == registrar
    events = AuditEvent.objects.filter(verb__startswith="people.", subject_id=request.public_id)
    assert set(events.values_list("verb", "actor__username")) == {
        ("people.ask_for_approval", "registrar"), ("people.approve_request", "second_registrar")
    }  # fmt: skip


def test_dropping_waits_too(registrar, second):
    approve(asked(registrar), by=second)
    request = drop_rule_or_ask(RuleSetting.objects.current().get(), by=registrar)
    assert holds() == 900
    approve(request, by=second)
    assert holds() == 500


def test_whoever_asked_does_not_approve_under_any_role_or_account(registrar):
    request = asked(registrar)
    Membership.objects.create(
        user=registrar, role=of_role("second_registrar", "other").memberships.get().role, institution=an_institution()
    )
    assert refusal_of(approve, request, by=registrar) == "second_person"
    assert refusal_of(refuse, request, by=registrar, reason="no") == "second_person"
    registrar.email = "Li@example.org"
    registrar.save()
    twin = of_role("second_registrar", "twin", email="li@example.org")
    assert refusal_of(approve, request, by=twin) == "second_person"
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        ApprovalRequest.objects.update(status="approved", decided_by=registrar)
    assert holds() == 500


@pytest.mark.parametrize("loses", ["asker", "second"])
def test_who_has_lost_the_right_since_neither_asks_nor_approves(registrar, second, loses):
    request = asked(registrar)
    user = registrar if loses == "asker" else second
    user.memberships.update(end=dt.date(2020, 1, 1))
    user.__dict__.pop("reaches", None)
    code = refusal_of(approve, ApprovalRequest.objects.get(pk=request.pk), by=second)
    assert code == ("asker_not_allowed" if loses == "asker" else "not_allowed")
    assert holds() == 500


def test_a_closed_account_asks_for_nothing_any_more(registrar, second):
    request = asked(registrar)
    registrar.is_active = False
    registrar.save()
    assert refusal_of(approve, request, by=second) == "asker_not_allowed"


def test_it_is_decided_once_and_the_later_one_takes_its_place(registrar, second):
    first, later = asked(registrar, 800), asked(registrar, 900)
    assert refusal_of(approve, first, by=second) == "move_not_possible"
    approve(later, by=second)
    assert refusal_of(approve, later, by=second) == "move_not_possible"
    assert refusal_of(refuse, later, by=second, reason="no") == "move_not_possible"
    assert holds() == 900
    assert RuleSetting.objects.count() == 1


def test_what_was_shown_is_what_is_approved(registrar, second):
    request = asked(registrar)
    set_rule_or_ask(an_institution(), Setting(NAME, 100, "operator"), by=the_system())
    assert refusal_of(approve, request, by=second) == "changed_meanwhile"
    with pytest.raises(IntegrityError, match="keeps what was asked for"), transaction.atomic():
        ApprovalRequest.objects.update(terms={**request.terms, "value": 1000})
    with pytest.raises(IntegrityError, match="keeps what was asked for"), transaction.atomic():
        ApprovalRequest.objects.all().delete()
    assert holds() == 100


def test_a_refusal_says_why_and_ends_it(registrar, second):
    request = asked(registrar)
    assert refusal_of(refuse, request, by=second, reason=" ") == "required"
    refuse(request, by=second, reason="too many")
    assert Notice.objects.get(kind="approval_refused").user == registrar
    assert refusal_of(approve, request, by=second) == "move_not_possible"
    assert holds() == 500


def test_only_whoever_asked_takes_it_back(registrar, second):
    request = asked(registrar)
    other = of_role("registrar", "other")
    assert refusal_of(withdraw, request, by=other) == "not_the_asker"
    withdraw(request, by=registrar)
    assert refusal_of(approve, request, by=second) == "move_not_possible"


def test_outsiders_neither_see_nor_decide(registrar):
    request = asked(registrar)
    elsewhere = a_user("elsewhere", *shipped_roles()["registrar"]["verbs"], at=an_institution("10002"))
    for stranger in (elsewhere, of_role("auditor"), of_role("sysadmin")):
        with pytest.raises(NotAllowed):
            approve(request, by=stranger)
    page = reverse("admin:people_approvalrequest_change", args=[request.public_id])
    assert client_of(elsewhere).get(page).status_code == 404
    assert holds() == 500


def test_pages_lead_from_asking_to_the_decision(registrar, second):
    client = client_of(registrar)
    page = reverse("admin:learning_centers_rulesetting_set", args=[NAME])
    assert "This rule guards" in client.get(page).content.decode()
    answer = client.post(page, {"value": "900", "source": "校发〔2026〕1号"}, follow=True).content.decode()
    assert "waits for a second person" in answer
    assert "as shipped: 500 rows" in answer
    assert "900 rows" in answer
    request = ApprovalRequest.objects.get()
    assert "Exports of persons" not in client.get(reverse("admin:index")).content.decode()
    decider = client_of(second)
    assert str(request.public_id) in decider.get(reverse("admin:index")).content.decode()
    act = reverse("admin:people_approvalrequest_approve_rule", args=[request.public_id])
    assert "900 rows" in decider.get(act).content.decode()
    client.post(act)
    assert holds() == 500
    decider.post(act)
    assert holds() == 900


def test_a_value_beyond_the_bound_is_refused_before_anybody_is_asked(registrar):
    assert refusal_of(asked, registrar, 1_000_000) == "value_not_possible"
    assert not ApprovalRequest.objects.exists()
