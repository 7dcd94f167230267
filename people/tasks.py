"""What the queue and the clock call; each is one call."""

from celery import shared_task

from exchange.jobs import RunningJob
from exchange.models import Export
from exchange.tasks import job_task
from people.services import exporting, forgetting, limits, mailing, trail, unsent


@job_task(exporting.TASK)
def make_export(job: RunningJob) -> None:
    exporting.make_export(Export.objects.get(pk=job.arguments["export"]))


@shared_task(name="people.expire_exports")
def expire_exports() -> None:
    exporting.expire_exports()


@shared_task(name="people.forget_disclosures")
def forget_disclosures() -> None:
    limits.forget_disclosures()


@shared_task(name="people.forget_unsent_forms")
def forget_unsent_forms() -> None:
    unsent.forget_old_unsent()


@shared_task(name="people.forget_sign_ins")
def forget_sign_ins() -> None:
    forgetting.forget_sign_ins()


@shared_task(name="people.mail_notices")
def mail_notices() -> None:
    mailing.mail_notices()


@shared_task(name="people.watch_trail")
def watch_trail() -> None:
    trail.watch_trail()
