import pytest
from django.db import connection, transaction

from ceportal import doorbell
from exchange.jobs import Cancelled, RunningJob, cancel, enqueue, perform, ring_again, set_sender
from exchange.models import Job
from tests.builders import the_system

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bell():
    rung: list[tuple[str, int]] = []
    set_sender(lambda task, job: rung.append((task, job)))
    yield rung
    set_sender(doorbell.ring)


@pytest.fixture
def job(bell):
    return enqueue("tests.work", by=the_system(), key="one")


def test_it_is_rung_for_after_commit_only(bell):
    with transaction.atomic():
        job = enqueue("tests.work", by=the_system(), key="one")
        assert bell == []
    assert bell == [("tests.work", job.pk)]


def test_asking_twice_finds_the_unfinished_one(job):
    assert enqueue("tests.work", by=the_system(), key="one") == job
    perform(job.pk, lambda running: None)
    assert enqueue("tests.work", by=the_system(), key="one") != job


def test_it_is_done_once(job):
    done = []
    for _ in range(2):
        perform(job.pk, done.append)
    assert len(done) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.DONE, 1)


def test_a_failure_is_kept(job):
    def fail(running: RunningJob) -> None:
        raise ValueError("secret of a person")

    with pytest.raises(ValueError, match="secret"):
        perform(job.pk, fail)
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.FAILED, "ValueError")


def test_it_stops_when_asked(job):
    def work(running: RunningJob) -> None:
        cancel(job)
        running.report(1, 2)
        pytest.fail("went on")

    perform(job.pk, work)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.CANCELLED, 1, 2)


def test_work_that_has_not_begun_is_cancelled_at_once(job):
    cancel(job)
    perform(job.pk, lambda running: pytest.fail("began"))
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_lost_work_is_rung_for_again_and_given_up_in_the_end(job, bell):
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=4, created_at="2020-01-01T00:00:00Z")
    bell.clear()
    assert ring_again() == 1
    assert bell == [("tests.work", job.pk)]
    Job.objects.filter(pk=job.pk).update(attempts=5)
    perform(job.pk, lambda running: pytest.fail("tried again"))
    job.refresh_from_db()
    assert job.state == Job.State.FAILED


def test_work_in_good_hands_is_left_alone(job, bell):
    Job.objects.filter(pk=job.pk).update(created_at="2020-01-01T00:00:00Z")

    def work(running: RunningJob) -> None:
        assert ring_again() == 0

    perform(job.pk, work)
    assert issubclass(Cancelled, Exception)
    assert connection.is_usable()


def test_progress_is_seen_while_the_work_is_not_yet_committed(job):
    def work(running: RunningJob) -> None:
        with transaction.atomic():
            Job.objects.filter(pk=job.pk).exists()
            running.report(3, 10)
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("SELECT done, total FROM exchange_job WHERE id = %s", [job.pk])
                assert cursor.fetchone() == (3, 10)
            other.close()

    perform(job.pk, work)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
