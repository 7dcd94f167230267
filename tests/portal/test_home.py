"""The first page: what waits, what is due, what must not lapse, and figures of these centres alone."""

from django.urls import reverse

from common.dates import as_on, today
from enrollment.models import BatchWindow, WatchItem
from enrollment.services import set_window
from tests.applicants import a_batch, a_place, an_application
from tests.builders import TODAY, a_center, a_student, an_institution, day, the_system
from tests.portal.conftest import a_coordinator, client_of

HOME = reverse("portal:home")


def test_a_filing_that_lapses_and_a_quota_that_is_used_up_are_said(db):
    center = a_center(an_institution(), "0101", filed=("2024-01-01", "2027-03-31"))
    client = client_of(a_coordinator("mine", center))
    with as_on(day("2027-01-05")):
        a_place(center, 1, code="2027-spring")
        an_application(center, "accepted", batch="2027-spring")
        page = client.get(HOME).text
    assert "The filing ends on 2027-03-30." in page
    assert "are used up." in page


def test_deadlines_are_those_of_the_own_institution(place, client):
    elsewhere = a_center(an_institution("10534"), "0901")
    with as_on(TODAY):
        for center, end in ((place.mine, "2026-11-30"), (elsewhere, "2026-12-05")):
            batch = a_batch(center.institution, "2027-spring")
            set_window(batch, BatchWindow.Function.APPLY, day("2026-11-01"), day(end), by=the_system())
        page = client.get(HOME).text
    assert "until 2026-11-29, 9 days left" in page
    assert "2026-12-04" not in page


def test_figures_count_these_centres_alone(place, client):
    with as_on(TODAY):
        a_student(place.mine, entered="2024-09-01")
        a_student(place.mine, entered="2026-09-01")
        a_student(place.theirs, entered="2026-09-01")
        stock, entered = client.get(HOME).context["headlines"]
    assert (stock.value, stock.change, entered.value) == (2, 1, 1)


def test_a_watched_student_is_one_press_away(place, client):
    student, other = a_student(place.mine, name="王伟"), a_student(place.mine, name="李娜")
    WatchItem.objects.create(
        institution=student.institution,
        list="over_max",
        center=place.mine,
        student=student,
        since=today(),
        found_on=today(),
    )
    page = client.get(HOME)
    url = f"{reverse('portal:students')}?watch=over_max"
    assert url in page.text
    listed = client.get(url).text
    assert "王伟" in listed
    assert other.person.name not in listed
