"""What the clock calls; each is one call."""

from celery import shared_task

from enrollment.services import attachments, future
from learning_centers.models import Institution


@shared_task(name="enrollment.erase_old_scans")
def erase_old_scans() -> None:
    attachments.erase_old_scans()


@shared_task(name="enrollment.begin_day")
def begin_day() -> None:
    for institution in Institution.objects.all():
        future.begin_day(institution)
