"""Which filings have lapsed or lapse soon, as the list and the first page show it."""

import pytest
import time_machine
from django.urls import reverse

from learning_centers.models import LearningCenter
from learning_centers.reports.filings import lapsing
from tests.builders import TODAY, a_center, a_user, an_institution

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
