"""Which filings have lapsed or lapse soon, as the list and the first page show it."""

import pytest
import time_machine
from django.urls import reverse

from common.ledger import recording
from learning_centers.intake import CenterIntake
from learning_centers.models import CenterFiling, LearningCenter
from learning_centers.models.centers import Regime
from learning_centers.reports.filings import filing_warning, lapsing
from tests.builders import TODAY, a_center, a_user, an_institution, day, the_system

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    institution = an_institution()
    a_center(institution, "0101")
    a_center(institution, "0102", filed=("2020-01-01", "2026-12-31"))
    a_center(institution, "0103", filed=("2020-01-01", "2025-01-01"))
    a_center(institution, "0104", filed=("2020-01-01", "2025-01-01"), status="stop_intake")
    a_center(institution, "0105", filed=("2020-01-01", "2025-01-01"), regime="school_direct")
    return institution


def test_lapsed_ones_come_first_and_others_are_left_out(institution):
    assert [center.code for center in lapsing(LearningCenter.objects.all(), TODAY)] == ["0103", "0102"]


def test_the_list_shows_the_last_day_and_can_be_narrowed(institution, client):
    registrar = a_user("registrar", "admin.enter", "learning_centers.view_centers", at=institution)
    client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
    with time_machine.travel(TODAY):
        listed = reverse("admin:learning_centers_learningcenter_changelist")
        page = client.get(listed, {"filing": "lapsing"}).content.decode()
        everything = client.get(listed).content.decode()
    assert "2026-12-30" in page
    assert "教学点0101" not in page
    assert "教学点0101" in everything


def test_a_filing_that_begins_later_does_not_hold_today(institution):
    center = LearningCenter.objects.get(code="0103")
    with recording(institution, by=the_system(), reason="tests.file") as entry:
        CenterFiling.objects.create(
            center=center, begin=day("2026-11-22"), end=day("2040-01-01"), recorded_in_id=entry.id
        )
    codes = {
        on: [one.code for one in lapsing(LearningCenter.objects.all(), day(on))] for on in ("2026-11-21", "2026-11-22")
    }
    assert codes == {"2026-11-21": ["0103", "0102"], "2026-11-22": ["0102"]}


@pytest.mark.parametrize(
    ("ends", "level"), [("2026-11-21", "wrong"), ("2026-11-22", "warn"), ("2027-02-19", "warn"), ("2027-02-20", None)]
)
def test_a_filing_ends_soon_within_ninety_days(ends, level):
    """21 November and 90 days are 19 February."""
    center = a_center(an_institution(), "0109", filed=("2020-01-01", ends))
    told = filing_warning(center, center.filings.current(), TODAY)
    assert (told and told.level) == level
    listed = [one.code for one in lapsing(LearningCenter.objects.all(), TODAY)]
    assert listed == (["0109"] if level else [])


@pytest.mark.parametrize(
    ("begin", "end", "refusal"),
    [
        (None, None, "center_filing_lapsed"),
        ("2020-01-01", None, "center_filing_lapsed"),
        (None, "2040-01-01", "center_filing_lapsed"),
        ("2026-11-21", "2026-11-22", None),
        ("2026-11-22", "2040-01-01", "center_filing_lapsed"),
        ("2020-01-01", "2026-11-21", "center_filing_lapsed"),
    ],
)
def test_a_filing_covers_the_days_that_it_names_and_without_days_none(begin, end, refusal):
    span = begin and day(begin), end and day(end)
    assert CenterIntake(1, "0101", Regime.FILED, filings=[span]).refusal(TODAY) == refusal
    assert CenterIntake(1, "0101", Regime.SCHOOL_DIRECT, filings=[span]).refusal(TODAY) is None
