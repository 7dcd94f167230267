"""The job with a real worker, which may die at the worst moment: nothing is lost, nothing counted twice."""

import datetime as dt
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from enrollment.families.dimensions import STANDARD
from exchange.jobs import ring_again
from exchange.models import Job
from reporting.models import StatisticsRun
from reporting.services import request_run, request_todays_runs, run_for
from reporting.services.running import forget_runs
from tests.builders import a_center, a_student, an_institution, day, the_system
from tests.databases import PROJECT
from tests.owning import tamper
from tests.worker import outside_environment

pytestmark = pytest.mark.slow
DAYS = (day("2025-09-01"), day("2024-09-01"))


def eventually(holds, what="it did not happen"):
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def is_waited_for():
    """Someone waits for a row that this test holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return cursor.fetchone()[0]


@contextmanager
def held(run):
    """Another session holds the run, so that whoever computes it gets as far as storing and no further."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM reporting_statisticsrun WHERE id = %s FOR UPDATE", [run.pk])
            yield
    finally:
        other.close()


@pytest.fixture
def institution(transactional_db):
    institution = an_institution()
    for sex in ("female", "male"):
        a_student(a_center(institution), sex=sex, changes=[("suspend", "2025-03-01")])
    return institution


def is_done(run):
    return StatisticsRun.objects.exclude(digest="").filter(pk=run.pk).exists()


def test_the_nightly_job_is_done_by_a_worker(worker, institution):
    (run,) = request_todays_runs(by=the_system())
    eventually(lambda: is_done(run), worker.log.read_text())
    eventually(lambda: run.job.state == Job.State.DONE)
    assert run.job.done == run.job.total == len(STANDARD)


def test_a_worker_killed_while_it_stores_leaves_work_for_the_next(worker, institution):
    first = request_run(institution, *DAYS, by=the_system())
    eventually(lambda: is_done(first))
    undisturbed = StatisticsRun.objects.get(pk=first.pk).digest
    forget_runs(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))

    run = run_for(institution, *DAYS, by=the_system())
    with held(run):
        request_run(institution, *DAYS, by=the_system())
        eventually(is_waited_for)
        worker.kill()
    worker.start()
    ring_again(dt.timedelta())
    eventually(lambda: is_done(run), worker.log.read_text())
    run.refresh_from_db()
    assert run.digest == undisturbed
    assert run.slices.filter(breakdown="").count() == 1


def test_the_command_killed_and_run_again_gives_the_same_file(institution, tmp_path):
    def command(out):
        arguments = ["--institution", "11414", "--as-of", "2025-09-01", "--by", "sex", "--json", str(out)]
        return subprocess.Popen(
            [sys.executable, "manage.py", "compute_statistics", *arguments],
            cwd=PROJECT, env=outside_environment(), stdout=subprocess.DEVNULL,
        )  # fmt: skip

    assert command(tmp_path / "undisturbed.json").wait() == 0
    run = StatisticsRun.objects.get()
    with transaction.atomic():
        run.slices.all().delete()
        tamper("UPDATE reporting_statisticsrun SET digest = '', computed_at = NULL WHERE id = %s", run.pk)
    with held(run):
        killed = command(tmp_path / "killed.json")
        eventually(is_waited_for)
        killed.kill()
        killed.wait()
    assert not (tmp_path / "killed.json").exists()
    assert command(tmp_path / "again.json").wait() == 0
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "undisturbed.json").read_bytes()
