"""What remembers who signed in, and who tried to, is erased when nothing asks for it any more."""

import datetime as dt
from importlib import import_module

from axes.helpers import get_cool_off
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.utils import timezone

LOG_KEPT = dt.timedelta(days=184)
"""The Cybersecurity Law (art. 21) wants logs kept for six months."""


def forget_sign_ins() -> None:
    """Erase sessions that are over, attempts that lock nobody any more, and the log of signing in after `LOG_KEPT`."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    now = timezone.now()
    AccessAttempt.objects.filter(attempt_time__lt=now - (get_cool_off() or LOG_KEPT)).delete()
    for log in (AccessLog, AccessFailureLog):
        log.objects.filter(attempt_time__lt=now - LOG_KEPT).delete()
