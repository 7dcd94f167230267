"""What the clock calls; each is one call."""

from celery import shared_task

from enrollment.services import attachments


@shared_task(name="enrollment.erase_old_scans")
def erase_old_scans() -> None:
    attachments.erase_old_scans()
