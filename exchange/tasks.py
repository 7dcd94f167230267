"""What the clock and the queue call; each is one call into `exchange`."""

from collections.abc import Callable

from celery import shared_task

from exchange import importing, jobs
from exchange.importing import expiring
from exchange.models import ImportBatch


def job_task(name: str) -> Callable[[Callable[[jobs.RunningJob], None]], Callable[[int], None]]:
    """Register `work(running_job)` under the name that `enqueue` uses."""

    def register(work: Callable[[jobs.RunningJob], None]) -> Callable[[int], None]:
        @shared_task(name=name)
        def task(job_id: int) -> None:
            jobs.perform(job_id, work)

        return task

    return register


@shared_task(name="exchange.ring_again")
def ring_again() -> None:
    jobs.ring_again()


@job_task("exchange.check_import")
def check_import(job: jobs.RunningJob) -> None:
    importing.check_file(ImportBatch.objects.get(pk=job.arguments["batch"]), job.report)


@job_task("exchange.commit_import")
def commit_import(job: jobs.RunningJob) -> None:
    importing.commit_file(ImportBatch.objects.get(pk=job.arguments["batch"]), job.report)


@shared_task(name="exchange.expire_files")
def expire_files() -> None:
    expiring.expire_files()
