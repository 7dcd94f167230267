"""A coordinator of one centre who may only look at another: the portal offers at each what the role there allows."""

import pytest
from django.urls import reverse

from common.dates import as_on
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.services import issue_notices
from exchange.models import Export
from people.models import Membership, Role
from tests.applicants import a_place, an_application
from tests.builders import a_student, day, the_system
from tests.portal.conftest import client_of

LOOKS = ("portal.enter", "enrollment.view_students", "enrollment.view_applications")


@pytest.fixture
def client(place):
    role = Role.objects.create(code="looks", name="looks", verbs=list(LOOKS))
    terms = {"institution": place.theirs.institution, "center": place.theirs, "begin": day("2000-01-01")}
    Membership.objects.create(user=place.coordinator, role=role, **terms)
    return client_of(place.coordinator)


def test_a_roster_is_printed_of_the_centre_where_one_may_export(place, client):
    a_student(place.mine, "209900000001")
    a_student(place.theirs, "209900000002")
    assert "209900000002" in client.get(reverse("portal:roster")).text
    page = client.post(reverse("portal:roster_print"), {"reason": "for the examination", "state": "present"})
    assert [center for center, _mark, _rows in page.context["sheets"]] == [place.mine]
    assert "209900000002" not in page.text
    assert Export.objects.get().center == place.mine


def test_where_one_may_only_look_no_print_is_offered(place, client):
    a_student(place.theirs)
    client.post(reverse("portal:choose_center"), {"center": place.theirs.public_id})
    assert client.get(reverse("portal:roster")).context["to_print"] is None
    client.post(reverse("portal:choose_center"), {"center": place.mine.public_id})
    assert client.get(reverse("portal:roster")).context["to_print"] is not None


def test_an_arrival_is_noted_where_one_may_check_in(place, client):
    offered = {}
    for center in (place.mine, place.theirs):
        a_place(center)
        row = an_application(center, Status.ACCEPTED)
        with as_on(day("2026-03-01")):
            issue_notices([row], on=day("2026-03-01"), by=the_system())
            page = client.get(reverse("portal:application", args=[row.public_id]))
            client.post(reverse("portal:check_in", args=[row.public_id]), {"on": "2026-03-01"})
        row.refresh_from_db()
        offered[center] = page.context["may_check_in"], row.status
    assert offered == {place.mine: (True, Status.CHECKED_IN), place.theirs: (False, Status.ACCEPTED)}


def test_whoever_is_no_longer_admitted_is_not_checked_in(place, client):
    a_place(place.mine)
    row = an_application(place.mine, Status.SUBMITTED)
    page = client.get(reverse("portal:application", args=[row.public_id]))
    assert page.context["may_check_in"] is False
