"""The Celery application: the doorbell of background work, never its memory."""

import os
from importlib import import_module
from typing import Any

from celery import Celery, signals
from django.core.exceptions import ImproperlyConfigured

from common.clock import schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ceportal.settings")

app = Celery("ceportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["ceportal"], related_name="health")


@signals.import_modules.connect(sender=app)
def take_the_lines_of_the_clock(**rest: Any) -> None:
    """When Celery imports the tasks, Django is set up and the apps have registered their lines."""
    app.conf.beat_schedule = schedule()


@signals.setup_logging.connect
def keep_logging(**rest: Any) -> None:
    """Connected so that Celery leaves the logging of the settings alone."""


@signals.worker_init.connect
@signals.beat_init.connect
def refuse_wrong_settings(**rest: Any) -> None:
    """Celery logs what a handler raises and goes on; an exit it lets through."""
    try:
        import_module("ceportal.checks").refuse_wrong_settings()
    except ImproperlyConfigured as refusal:
        raise SystemExit(str(refusal)) from refusal
