import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from ceportal import health
from ceportal.celery import app
from common.models import AuditEvent, AuditSeal
from tests.builders import the_system

pytestmark = pytest.mark.slow


def eventually(worker, holds):
    deadline = timezone.now() + dt.timedelta(seconds=45)
    while not holds():
        assert timezone.now() < deadline, worker.log.read_text()
        connection.close()


def test_a_worker_does_what_it_is_rung_for_in_our_database(worker):
    AuditEvent.objects.create(at=timezone.now(), actor=the_system(), verb="tried", detail={})
    app.send_task("common.seal_audit_events")
    eventually(worker, AuditSeal.objects.exists)


def test_what_was_rung_while_no_worker_lived_is_done_by_the_next(worker):
    worker.kill()
    worker.broker.delete(health.CANARY)
    health.canary.delay()
    assert not health.canary_sang_lately()
    worker.start()
    eventually(worker, health.canary_sang_lately)


def test_the_settings_lose_no_message_of_a_killed_worker():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.broker_transport_options["visibility_timeout"] > 3600


def test_every_tick_names_a_task_that_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= app.tasks.keys()
