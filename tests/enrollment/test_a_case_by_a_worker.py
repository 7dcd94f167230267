"""A closing centre's case in a real worker that is killed in the middle: the next one goes on, nothing is done twice."""

import datetime as dt
import time
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from enrollment.models import ChangeCase, Student, StudentChange, StudentPeriod
from enrollment.requests.services.cases import CHUNK, approve_case, open_closing_case
from exchange.jobs import ring_again
from exchange.models import Job
from tests.builders import a_center, a_user, an_institution, day, many_students

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def eventually(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@contextmanager
def held(student):
    """Nobody gets at this student meanwhile."""
    line = connection.copy()
    try:
        line.set_autocommit(False)
        with line.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {Student._meta.db_table} WHERE id = %s FOR UPDATE", [student.pk])
        yield
    finally:
        line.rollback()
        line.close()


def waits_for_a_row():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"
        )
        return cursor.fetchone()[0]


def test_a_worker_that_dies_in_the_middle_leaves_no_double(worker):
    institution = an_institution()
    closing, target = a_center(institution, "0104"), a_center(institution, "0102")
    students = many_students(closing, 2 * CHUNK + 50, entered="2025-09-01")
    registrar = a_user("registrar", "enrollment.open_case", at=institution)
    second = a_user("second", "enrollment.approve_case", at=institution)
    case = open_closing_case(closing, [target], on=day("2026-03-01"), reason="filing not renewed", by=registrar)
    last = case.requests.order_by("-pk").first().student
    with held(last):
        with transaction.atomic():
            approve_case(case, by=second)
        eventually(lambda: StudentChange.objects.count() == 2 * CHUNK and waits_for_a_row())
        worker.kill()
    assert ChangeCase.objects.get().status == "approved"
    worker.start()
    ring_again(dt.timedelta())
    eventually(lambda: ChangeCase.objects.get().status == "done")
    eventually(lambda: Job.objects.get().state == Job.State.DONE)
    assert StudentChange.objects.count() == len(students)
    there = StudentPeriod.objects.current().filter(end__isnull=True)
    assert set(there.values_list("center", flat=True)) == {target.pk}
    assert Job.objects.get().done == len(students)
