"""The demo waits for decisions of every kind, made by its own users; a second start adds nothing."""

import pytest
from django.db import transaction
from django.test import override_settings

from common.errors import DomainError
from demo import inviting
from demo.accounts import make_demo_accounts
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.models import Application, Attachment, ChangeCase, ChangeRequest, RequestParty, WatchItem
from enrollment.services import accept_application, check_in, possible_duplicates
from people.models import Notice, User

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def said(loaded, django_db_blocker):
    """What was said while all of it was made, once for the module; thrown away before the institutions are."""
    shown = override_settings(DEMO_ACCOUNTS=True, DEMO_PASSWORD="shown by make demo")
    with django_db_blocker.unblock(), shown, transaction.atomic():
        make_demo_accounts()
        yield [inviting.invite(told) for told in inviting.told()["institution"]]
        transaction.set_rollback(True)


def of(username):
    return User.objects.get(username=username)


def test_all_of_it_is_made_once(said):
    assert all("26 applications" in one for one in said)
    counted = Application.objects.count(), ChangeRequest.objects.count(), Notice.objects.count()
    assert [inviting.invite(told) for told in inviting.told()["institution"]] == [None, None]
    assert (Application.objects.count(), ChangeRequest.objects.count(), Notice.objects.count()) == counted


def test_a_coordinator_finds_something_of_each_kind():
    seen = Application.objects.visible_to(of("cup.coordinator"))
    assert {one.center_offering.center.code for one in seen} == {"4301"}
    assert set(seen.values_list("status", flat=True)) == {
        Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.REJECTED, Status.WITHDRAWN, Status.ACCEPTED,
        Status.PLACE_KEPT,
    }  # fmt: skip
    assert {"欧阳㛃", "李𠮷祥", "阿依古丽·买买提"} <= set(seen.values_list("name", flat=True))
    assert seen.filter(id_type="passport").exists()
    assert Attachment.objects.visible_to(of("cup.coordinator")).exists()


def test_the_registrar_can_accept_until_the_places_are_gone(cup):
    registrar = of("cup.registrar")
    waiting = Application.objects.waiting().filter(institution=cup, center_offering__center__code="4301").order_by("pk")
    outcomes = []
    for one in waiting:
        try:
            outcomes.append(accept_application(one, by=registrar).status)
        except DomainError as refusal:
            outcomes.append(refusal.code)
    assert {"accepted", "quota_exceeded", "checklist_incomplete", "prior_not_verified"} <= set(outcomes)


def test_whoever_has_a_notice_can_be_checked_in_today(cup):
    noticed = Application.objects.filter(institution=cup, status=Status.ACCEPTED).exclude(notice_no="")
    one = noticed.filter(center_offering__center__code="4301").first()
    assert check_in(one, on=inviting.today(cup), by=of("cup.coordinator")).status == Status.CHECKED_IN


def test_a_namesake_of_another_centre_is_told_to_the_registrar_alone(cup):
    first = Application.objects.get(institution=cup, name="李𠮷祥", center_offering__center__code="4301")
    draft = inviting.ApplicationDraft(name=first.name, birth_date=first.birth_date)
    assert possible_duplicates(cup, draft, besides=first, by=of("cup.coordinator")) == []
    found = possible_duplicates(cup, draft, besides=first, by=of("cup.registrar"))
    assert [(one.same_number, one.subject.name) for one in found] == [(False, first.name)]


@pytest.mark.parametrize(("of_centers", "second"), [("4301 3701", "cup.registrar2"), ("4351 3351", "hnust.registrar2")])
def test_the_second_registrar_has_requests_and_a_case_to_decide(of_centers, second):
    seen = ChangeRequest.objects.visible_to(of(second))
    assert seen.ready_to_decide().exists()
    assert ChangeCase.objects.visible_to(of(second)).filter(status="submitted").count() == 1
    asked = RequestParty.objects.filter(consent="waiting", request__in=seen)
    assert set(asked.values_list("center__code", flat=True)) <= set(of_centers.split())


def test_people_are_told():
    for username in ("cup.registrar", "cup.coordinator"):
        assert Notice.objects.filter(user__username=username, read_at__isnull=True).exists()


def test_lists_are_computed():
    assert WatchItem.objects.exclude(status="closed").exists()
