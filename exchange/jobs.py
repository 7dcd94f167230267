"""Background work: asked for in a row, rung for after commit, done once at a time, safe to kill at any point.

Who works on a job holds an advisory lock on its own database session: when the worker dies the lock is gone, and whoever is
rung next goes on. `ring_again` (from beat) rings for whatever waits or has lost its worker.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from exchange.models import Job

log = structlog.get_logger(__name__)
LOCK_SPACE = 7201
MAX_ATTEMPTS = 5

Sender = Callable[[str, int], None]
_sender: list[Sender] = []


class Cancelled(Exception):
    """Someone has asked the work to stop; what is committed stays, and the job can be found again."""


def set_sender(sender: Sender) -> None:
    """Who rings: set once at start-up, so that services need not know the queue."""
    _sender[:] = [sender]


def enqueue(
    task: str, *, by: Any, institution: Any = None, key: str = "", arguments: dict[str, Any] | None = None
) -> Job:
    """Ask for a piece of work and ring for it on commit; unfinished work with the same key is returned instead."""
    known = {"institution": institution, "arguments": arguments or {}, "requested_by": by}
    job, _made = Job.objects.unfinished().get_or_create(task=task, key=key, defaults=known)
    transaction.on_commit(lambda: ring(job))
    return job


def ring(job: Job) -> None:
    """Tell a worker; a broker that does not answer is no error, `ring_again` comes later."""
    for sender in _sender:
        try:
            sender(job.task, job.pk)
        except OSError as error:
            log.warning("doorbell_silent", job=job.pk, task=job.task, error=type(error).__name__)


def ring_again(older_than: dt.timedelta = dt.timedelta(seconds=10)) -> int:
    """Ring for jobs that wait, or whose worker is gone; returns how many."""
    asked = timezone.now() - older_than
    jobs = [job for job in Job.objects.unfinished().filter(created_at__lte=asked) if not _is_held(job)]
    for job in jobs:
        ring(job)
    return len(jobs)


class RunningJob:
    """What the work may ask of its job: say how far it is, and learn that it should stop.

    It speaks over a line of its own, so that progress is seen while the work's transaction is still open.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.arguments = job.arguments
        self._line = connection.copy()

    def report(self, done: int, total: int) -> None:
        """Note the progress; raises Cancelled if someone has asked the work to stop."""
        with self._line.cursor() as cursor:
            cursor.execute(
                "UPDATE exchange_job SET done = %s, total = %s WHERE id = %s RETURNING cancel_requested",
                [min(done, total), total, self.job.pk],
            )
            if cursor.fetchone() == (True,):
                raise Cancelled

    def hang_up(self) -> None:
        self._line.close()


def perform(job_id: int, work: Callable[[RunningJob], None]) -> None:
    """Do the work of a job once: skip it if it is finished or someone else is at it; a failure is kept and raised."""
    if not _try_lock(job_id):
        return
    try:
        job = Job.objects.get(pk=job_id)
        if job.state not in (Job.State.WAITING, Job.State.RUNNING):
            return
        if job.attempts >= MAX_ATTEMPTS:
            _finish(job, Job.State.FAILED, "gave up: the worker was lost too often")
            return
        Job.objects.filter(pk=job_id).update(
            state=Job.State.RUNNING, attempts=job.attempts + 1, started_at=job.started_at or timezone.now()
        )
        _work(job, work)
    finally:
        _unlock(job_id)


def _work(job: Job, work: Callable[[RunningJob], None]) -> None:
    running = RunningJob(job)
    try:
        work(running)
    except Cancelled:
        _finish(job, Job.State.CANCELLED)
    except DatabaseError as error:
        log.exception("job_failed", job=job.pk, task=job.task)
        if connection.is_usable():
            _finish(job, Job.State.FAILED, type(error).__name__)
        raise
    except Exception as error:
        log.exception("job_failed", job=job.pk, task=job.task)
        _finish(job, Job.State.FAILED, getattr(error, "code", "") or type(error).__name__)
        raise
    else:
        _finish(job, Job.State.DONE)
    finally:
        running.hang_up()


def _finish(job: Job, state: str, error: str = "") -> None:
    Job.objects.filter(pk=job.pk).update(state=state, error=error[:300], finished_at=timezone.now())


def cancel(job: Job) -> None:
    """Ask the work to stop at its next step; work that has not begun ends at once. The caller has asked for the right."""
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(state=Job.State.CANCELLED, finished_at=timezone.now())


def _try_lock(job_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, job_id])
        return cursor.fetchone()[0]


def _unlock(job_id: int) -> None:
    if connection.connection and not connection.connection.closed:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, job_id])


def _is_held(job: Job) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK_SPACE, job.pk],
        )
        return cursor.fetchone()[0]
