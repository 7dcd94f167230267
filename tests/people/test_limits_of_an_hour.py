"""What one user is shown of persons within an hour is counted, limited by a rule, and told to the auditors when it is reached."""

import datetime as dt

import pytest
from django.utils import timezone

from ceportal.limits import LimitMiddleware
from common.errors import DomainError
from common.models import AuditEvent
from common.rules import RULES
from learning_centers.models import RuleSetting
from learning_centers.services.rules import Setting, set_rule
from people.models import Disclosure, Membership, Notice
from people.services.limits import LIMITS, Kind, count_disclosures, forget_disclosures, limit_of, shown_lately
from tests.builders import a_user, an_institution, the_system

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    home = an_institution()
    for kind in (Kind.REVEAL, Kind.PAPER):
        set_rule(home, Setting(LIMITS[kind], 3, "house rule"), by=the_system())
    return home


@pytest.fixture
def clerk(home):
    return a_user("clerk", "people.reveal_number", at=home)


def refused(kind: str, by, amount: int = 1) -> str:
    with pytest.raises(DomainError) as refusal:
        count_disclosures(kind, by=by, amount=amount)
    return refusal.value.code


def asks_too_much(by, times: int = 1):
    """Requests of somebody who has reached the limit."""
    for _time in range(times):
        LimitMiddleware(lambda _request: refused(Kind.REVEAL, by, 4))(None)


def test_the_limit_itself_passes_and_one_more_does_not(clerk):
    count_disclosures(Kind.REVEAL, by=clerk, amount=2)
    count_disclosures(Kind.REVEAL, by=clerk)
    assert refused(Kind.REVEAL, clerk) == "too_many_this_hour"
    assert shown_lately(Kind.REVEAL, clerk) == 3


def test_what_is_refused_is_not_counted(clerk):
    assert refused(Kind.REVEAL, clerk, 4) == "too_many_this_hour"
    count_disclosures(Kind.REVEAL, by=clerk, amount=3)


def test_kinds_and_users_are_counted_apart(clerk, home):
    count_disclosures(Kind.REVEAL, by=clerk, amount=3)
    count_disclosures(Kind.PAPER, by=clerk, amount=3)
    count_disclosures(Kind.REVEAL, by=a_user("other", at=home), amount=3)


def test_after_an_hour_the_count_begins_anew(clerk):
    count_disclosures(Kind.REVEAL, by=clerk, amount=3)
    Disclosure.objects.update(at=timezone.now() - dt.timedelta(minutes=61))
    count_disclosures(Kind.REVEAL, by=clerk, amount=3)


def test_who_works_in_two_houses_has_the_lower_limit_and_who_works_nowhere_none(clerk):
    abroad = an_institution("10534", "湖南科技大学")
    role = a_user("other", "people.reveal_number", at=abroad).memberships.get().role
    Membership.objects.create(user=clerk, role=role, institution=abroad)
    set_rule(abroad, Setting(LIMITS[Kind.REVEAL], 2, "house rule"), by=the_system())
    assert limit_of(Kind.REVEAL, clerk) == 2
    assert refused(Kind.REVEAL, a_user("stranger")) == "too_many_this_hour"


def test_machines_are_not_counted(home):
    count_disclosures(Kind.REVEAL, by=the_system(), amount=10_000)
    assert not Disclosure.objects.exists()


def test_the_auditors_are_told_once_an_hour(clerk, home):
    a_user("auditor", "common.view_trail", at=home)
    a_user("stranger", "common.view_trail", at=an_institution("10534", "湖南科技大学"))
    asks_too_much(clerk, times=2)
    assert [one.user.username for one in Notice.objects.filter(kind="limit_reached")] == ["auditor"]
    event = AuditEvent.objects.get(verb="people.reach_limit")
    assert (event.actor, event.institution, event.detail) == (clerk, home, {"kind": "reveal"})
    Disclosure.objects.update(at=timezone.now() - dt.timedelta(minutes=61))
    asks_too_much(clerk)
    assert AuditEvent.objects.filter(verb="people.reach_limit").count() == 2


def test_who_stays_below_alarms_nobody(clerk, home):
    a_user("auditor", "common.view_trail", at=home)
    LimitMiddleware(lambda _request: count_disclosures(Kind.REVEAL, by=clerk))(None)
    assert not Notice.objects.exists()


def test_counts_of_yesterday_are_forgotten(clerk):
    count_disclosures(Kind.REVEAL, by=clerk)
    assert forget_disclosures() == 0
    Disclosure.objects.update(at=timezone.now() - dt.timedelta(days=1, minutes=1))
    assert forget_disclosures() == 1


@pytest.mark.parametrize("name", LIMITS.values())
def test_no_limit_can_be_set_out_of_reach(name, home):
    with pytest.raises(DomainError) as refusal:
        set_rule(home, Setting(name, RULES[name].most + 1, "house rule"), by=the_system())
    assert refusal.value.code == "value_not_possible"
    assert not RuleSetting.objects.filter(name=name, value__gt=RULES[name].most).exists()
