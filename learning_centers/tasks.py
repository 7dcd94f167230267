from celery import shared_task

from learning_centers.models import Institution
from learning_centers.services import filings, project_all_centers, project_names


@shared_task(name="learning_centers.project_centers")
def nightly() -> None:
    project_all_centers()
    project_names()


@shared_task(name="learning_centers.tell_of_lapsing_filings")
def tell_of_lapsing_filings() -> None:
    for institution in Institution.objects.all():
        filings.tell_of_lapsing_filings(institution)
