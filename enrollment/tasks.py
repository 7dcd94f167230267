"""What the clock calls; each is one call."""

from celery import shared_task

from enrollment.attachments.services import attachments
from enrollment.duties.services import watching
from enrollment.records.services import future
from enrollment.requests.services import cases
from exchange.jobs import RunningJob
from exchange.tasks import job_task
from learning_centers.models import Institution
from people.models import User


@shared_task(name="enrollment.erase_old_scans")
def erase_old_scans() -> None:
    attachments.erase_old_scans()


@shared_task(name="enrollment.begin_day")
def begin_day() -> None:
    for institution in Institution.objects.all():
        future.begin_day(institution)


@shared_task(name="enrollment.compute_lists")
def compute_lists() -> None:
    for institution in Institution.objects.all():
        watching.compute_lists(institution, by=User.objects.system())


@job_task("enrollment.carry_out_case")
def carry_out_case(job: RunningJob) -> None:
    cases.carry_out_case(job.arguments["case"], report=job.report)
