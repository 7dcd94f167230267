from celery import shared_task

from learning_centers.services import project_all_centers, project_names


@shared_task(name="learning_centers.project_centers")
def nightly() -> None:
    project_all_centers()
    project_names()
