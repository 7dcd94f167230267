"""The sender that services ring by: a message with a job's key, and no retries, since the clock rings again."""

from kombu.exceptions import OperationalError

from ceportal.celery import app
from exchange.jobs import set_sender


def ring(task: str, job_id: int) -> None:
    try:
        app.send_task(task, [job_id], retry=False)
    except OperationalError as error:
        raise ConnectionError("the broker does not answer") from error


set_sender(ring)
