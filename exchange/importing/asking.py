"""Asking a worker to check a file or to store its good rows; what the pages do, and the shell does by itself."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.access import require
from common.errors import DomainError
from exchange.importing.deciding import COMMIT, enqueue_commit, require_decided
from exchange.importing.store import RIGHT
from exchange.jobs import enqueue
from exchange.models import ImportBatch, Job
from exchange.models.jobs import UNFINISHED

State = ImportBatch.State
LEFT_BY_WORK = (
    "kind", "status", "institution", "header_row", "rows_total", "rejected", "finished_at", "needs_second_person", "decided_by",
)  # fmt: skip
CHECK = "exchange.check_import"


def request_check(batch: ImportBatch, *, by: Any) -> Job:
    """Right: `exchange.import_file`."""
    require(by, RIGHT, batch)
    return enqueue(CHECK, by=by, institution=batch.institution, key=str(batch.pk), arguments={"batch": batch.pk})


def request_commit(batch: ImportBatch, *, by: Any) -> Job:
    """Right: `exchange.import_file`. Raises DomainError `second_person` where another must decide first, and for what the system
    user has only checked: that was not looked at as a person's file is (`exchange.importing.reviewing`)."""
    require(by, RIGHT, batch)
    if batch.status == State.CHECKED:
        require_decided(batch)
        if batch.uploaded_by.is_system and not by.is_system:
            raise DomainError(_("The system user has checked this file. Upload it yourself."), code="second_person")
    return enqueue_commit(batch, by=by)


def work_on(batch: ImportBatch) -> tuple[Job | None, bool]:
    """The last work that was asked for on the batch, and whether it is still under way.

    The batch is read again after the job: work that ends between the two has then left its mark on the batch. The other way
    round a page could show a batch that waits for work that is over, and wait for ever.
    """
    job = Job.objects.filter(task__in=[CHECK, COMMIT], key=str(batch.pk)).order_by("-pk").first()
    batch.refresh_from_db(fields=LEFT_BY_WORK)
    is_at_work = job is not None and job.state in UNFINISHED
    return job, is_at_work and batch.status in (State.RECEIVED, State.CHECKED, State.COMMITTING)
