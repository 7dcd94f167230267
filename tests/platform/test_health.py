import datetime as dt

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from ceportal import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker():
    connection = redis.Redis.from_url(settings.REDIS_URL)
    connection.delete(health.CANARY)
    yield connection
    connection.delete(health.CANARY)


def test_a_living_process_says_so(client):
    assert client.get("/healthz").content == b"ok"


def test_ready_once_the_canary_has_sung(client, broker):
    assert client.get("/readyz").status_code == 503
    health.canary()
    answer = client.get("/readyz")
    assert answer.json() == {"database": True, "migrations": True, "broker": True, "canary": True}
    assert answer.status_code == 200


def test_a_worker_that_fell_silent_makes_us_unready(client, broker):
    long_ago = timezone.now() - health.CANARY_IS_FRESH - dt.timedelta(seconds=1)
    broker.set(health.CANARY, long_ago.isoformat())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["canary"]) == (503, False)


def test_a_broker_that_is_gone_is_told_and_nothing_else_fails(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": True, "migrations": True, "broker": False, "canary": False}
