"""Asking a worker to check a file or to store its good rows; what the pages do, and the shell does by itself."""

from typing import Any

from common.access import require
from exchange.importing.store import RIGHT
from exchange.jobs import enqueue
from exchange.models import ImportBatch, Job

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


def job_of(batch: ImportBatch) -> Job | None:
    """The last work that was asked for on the batch."""
    return Job.objects.filter(task__in=[CHECK, COMMIT], key=str(batch.pk)).order_by("-pk").first()
