"""Sessions that are over, lockouts and the log of signing in go by the clock; what still holds stays."""

import datetime as dt

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from common.clock import CLOCK
from people.services.forgetting import LOG_KEPT, forget_sign_ins
from people.tasks import forget_sign_ins as by_the_clock

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
COOL_OFF = dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
ENTRY = {"ip_address": "192.0.2.1", "user_agent": "", "http_accept": "", "path_info": "/"}


def log_of(model, name, age, **more):
    row = model.objects.create(username=name, **ENTRY, **more)
    model.objects.filter(pk=row.pk).update(attempt_time=timezone.now() - age)


def names(model):
    return set(model.objects.values_list("username", flat=True))


def test_a_session_goes_when_it_is_over():
    for key, left in (("over", -MINUTE), ("open", MINUTE)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + left)
    forget_sign_ins()
    assert [one.session_key for one in Session.objects.all()] == ["open"]


def test_an_attempt_goes_when_it_locks_nobody_any_more():
    log_of(AccessAttempt, "long ago", COOL_OFF + MINUTE, failures_since_start=5)
    log_of(AccessAttempt, "just now", COOL_OFF - MINUTE, failures_since_start=5)
    forget_sign_ins()
    assert names(AccessAttempt) == {"just now"}


def test_the_log_of_signing_in_is_kept_for_half_a_year():
    log_of(AccessLog, "long ago", LOG_KEPT + MINUTE)
    log_of(AccessLog, "lately", LOG_KEPT - MINUTE)
    forget_sign_ins()
    assert names(AccessLog) == {"lately"}


def test_the_clock_does_it():
    scheduled = {line.task for line in CLOCK.values()}
    assert {by_the_clock.name, "people.forget_disclosures"} <= scheduled
