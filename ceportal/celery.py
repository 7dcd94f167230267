"""The Celery application: the doorbell of background work, never its memory."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ceportal.settings")

app = Celery("ceportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
