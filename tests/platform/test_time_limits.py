"""A web request that keeps the database busy for too long is stopped, told so, and stores nothing; the shell takes its time."""

import threading

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.urls import reverse

from ceportal import time_limits
from enrollment.models import Student
from enrollment.records.admin.students import StudentAdmin
from learning_centers.models import Institution
from tests.builders import a_user, an_institution

pytestmark = pytest.mark.django_db
LIST = "admin:enrollment_student_changelist"


def sleeping(self, request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


def writing_and_sleeping(self, request):
    an_institution("10003", "清华大学")
    sleeping(self, request)


@pytest.fixture
def reader(client, settings):
    settings.STATEMENT_SECONDS, settings.LOCK_SECONDS = 1, 1
    time_limits._limits.clear()
    user = a_user("reader", "admin.enter", "enrollment.view_students", at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    yield client
    time_limits._limits.clear()
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout; RESET lock_timeout")


@pytest.mark.django_db(transaction=True)
def test_a_slow_statement_is_told_as_a_page(reader, monkeypatch):
    monkeypatch.setattr(StudentAdmin, "get_queryset", sleeping)
    answer = reader.get(reverse(LIST))
    assert answer.status_code == 503
    assert "This took too long" in answer.text


@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_is_taken_back(reader, monkeypatch):
    monkeypatch.setattr(StudentAdmin, "get_queryset", transaction.atomic(writing_and_sleeping))
    assert reader.get(reverse(LIST)).status_code == 503
    assert not Institution.objects.filter(code="10003").exists()


@pytest.mark.django_db(transaction=True)
def test_waiting_for_somebody_elses_lock_ends_as_well(reader, monkeypatch):
    locked, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Institution.objects.select_for_update().get(code="11414")
            locked.set()
            done.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(10)
    wait = transaction.atomic(lambda self, request: Institution.objects.select_for_update().get(code="11414"))
    monkeypatch.setattr(StudentAdmin, "get_queryset", wait)
    answer = reader.get(reverse(LIST))
    done.set()
    holder.join()
    assert answer.status_code == 503


def test_statistics_have_more_time(settings):
    assert time_limits.seconds_for("/admin/enrollment/student/") == settings.STATEMENT_SECONDS
    assert time_limits.seconds_for("/admin/reporting/statisticsrun/") > settings.STATEMENT_SECONDS


def test_outside_of_a_request_nothing_is_limited(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout")
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_list_that_is_fast_enough_is_shown(reader):
    assert isinstance(admin.site._registry[Student], StudentAdmin)
    assert reader.get(reverse(LIST)).status_code == 200
