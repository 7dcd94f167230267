"""One user can ask for so many figures at once and within an hour, and no more; the clock for as many as it likes."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from common.errors import DomainError
from exchange.models import Job
from learning_centers.services.rules import Setting, set_rule
from reporting.models import StatisticsRun
from reporting.services import request_run
from tests.builders import a_user, an_institution, day, the_system

pytestmark = pytest.mark.django_db
COMPUTE = "reporting.compute_statistics"


@pytest.fixture
def home():
    return an_institution()


@pytest.fixture
def clerk(home):
    return a_user("clerk", "admin.enter", "reporting.view_figures", COMPUTE, at=home)


def asked(home, by, *days: str) -> None:
    for one in days:
        request_run(home, day(one), by=by)


def refused(home, by, *days: str) -> str:
    with pytest.raises(DomainError) as refusal:
        asked(home, by, *days)
    return refusal.value.code


def finish() -> None:
    Job.objects.update(state=Job.State.DONE, finished_at=timezone.now())


def test_so_many_at_once(home, clerk):
    asked(home, clerk, "2025-03-01", "2025-04-01")
    assert refused(home, clerk, "2025-05-01") == "too_many_at_once"
    assert StatisticsRun.objects.count() == 2
    asked(home, clerk, "2025-03-01")  # it is under way already
    asked(home, a_user("other", COMPUTE, at=home), "2025-05-01")
    finish()
    asked(home, clerk, "2025-06-01")


def test_so_many_within_an_hour(home, clerk):
    set_rule(home, Setting("statistics_per_hour", 2, "house rule"), by=the_system())
    asked(home, clerk, "2025-03-01", "2025-04-01")
    finish()
    assert refused(home, clerk, "2025-05-01") == "too_many_this_hour"
    Job.objects.update(created_at=timezone.now() - dt.timedelta(minutes=61))
    asked(home, clerk, "2025-05-01")


def test_the_clock_is_not_counted(home):
    asked(home, the_system(), "2025-03-01", "2025-04-01", "2025-05-01")


def test_the_page_says_so(home, clerk, client):
    asked(home, clerk, "2025-03-01", "2025-04-01")
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(
        reverse("admin:reporting_statisticsrun_new"), {"institution": home.pk, "as_of": "2025-05-01", "scope": ""}
    )
    assert "So many of your figures are being computed already" in answer.content.decode()
