"""Asking a worker to check a file or to store its good rows; what the pages do, and the shell does by itself."""

from typing import Any

from common.access import require
from exchange.importing.store import RIGHT
from exchange.jobs import enqueue
from exchange.models import ImportBatch, Job
from exchange.models.jobs import UNFINISHED

State = ImportBatch.State
LEFT_BY_WORK = ("kind", "status", "institution", "header_row", "rows_total", "rejected", "finished_at")
CHECK, COMMIT = "exchange.check_import", "exchange.commit_import"


def request_check(batch: ImportBatch, *, by: Any) -> Job:
    """Right: `exchange.import_file`."""
    require(by, RIGHT, batch)
    return enqueue(
        "exchange.check_import", by=by, institution=batch.institution, key=str(batch.pk), arguments={"batch": batch.pk}
    )


def request_commit(batch: ImportBatch, *, by: Any) -> Job:
    """Right: `exchange.import_file`."""
    require(by, RIGHT, batch)
    return enqueue(
        "exchange.commit_import", by=by, institution=batch.institution, key=str(batch.pk), arguments={"batch": batch.pk}
    )


def work_on(batch: ImportBatch) -> tuple[Job | None, bool]:
    """The last work that was asked for on the batch, and whether it is still under way.

    The batch is read again after the job: work that ends between the two has then left its mark on the batch. The other way
    round a page could show a batch that waits for work that is over, and wait for ever.
    """
    job = Job.objects.filter(task__in=[CHECK, COMMIT], key=str(batch.pk)).order_by("-pk").first()
    batch.refresh_from_db(fields=LEFT_BY_WORK)
    is_at_work = job is not None and job.state in UNFINISHED
    return job, is_at_work and batch.status in (State.RECEIVED, State.CHECKED, State.COMMITTING)
