"""What the queue and the clock call; each is one call."""

from celery import shared_task

from exchange.jobs import RunningJob
from exchange.tasks import job_task
from people.models import User
from reporting.models import StatisticsRun
from reporting.services import request_todays_runs, running


@job_task(StatisticsRun.TASK)
def compute_run(job: RunningJob) -> None:
    running.compute_run(job.arguments["run"], report=job.report)


@shared_task(name="reporting.request_todays_runs")
def nightly() -> None:
    request_todays_runs(by=User.objects.system())
