"""Notices by mail: at most one letter for each user and run, without a word about any person, with the way to the page."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from common.notices import sentence
from people.models import Notice, User

log = structlog.get_logger(__name__)
LOCK = (7201, -1)
"""Beside the locks of jobs, whose keys are positive."""
NEWS_FOR = dt.timedelta(days=3)
MOST_TRIES = 5
MOST_LINES = 20
REFUSED = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError)
"""The server speaks to us, but does not take this letter."""


def mail_notices(now: dt.datetime | None = None) -> int:
    """Send what has not been mailed or read; returns how many letters the server has taken.

    One run at a time. A letter is marked as sent at once after the server took it, so that a run that is killed leaves at most
    one to be sent again, under the same Message-ID. A server that does not answer is asked again by the next run.
    """
    if not settings.MAIL_NOTICES:
        return 0
    since = (now or timezone.now()) - NEWS_FOR
    with _alone() as alone:
        waiting = Notice.objects.to_be_mailed().filter(at__gt=since, mail_tries__lt=MOST_TRIES, user__is_active=True)
        if not alone or not waiting.exists():
            return 0
        try:
            with get_connection() as line:
                users = User.objects.filter(pk__in=waiting.values("user")).order_by("pk")
                return sum(_mail(user, list(waiting.filter(user=user).order_by("id")), line) for user in users)
        except OSError as error:
            log.warning("mail_server_silent", error=type(error).__name__)
            return 0


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", LOCK)
        alone = cursor.fetchone()[0]
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", LOCK)


def _mail(user: User, notices: list[Notice], line: Any) -> bool:
    if not notices:
        return False
    sent = Notice.objects.filter(pk__in=[one.pk for one in notices])
    try:
        letter(user, notices, line).send()
    except REFUSED as error:
        sent.update(mail_tries=F("mail_tries") + 1)
        log.warning("mail_refused", user=user.pk, error=type(error).__name__)
        return False
    sent.update(mailed_at=timezone.now())
    return True


def letter(user: User, notices: list[Notice], line: Any = None) -> EmailMessage:
    """In the language of the account, or of the house; known again by its first notice."""
    with override(user.language or settings.MAIL_LANGUAGE):
        count = len(notices)
        subject = ngettext("%(count)s notice in ceportal", "%(count)s notices in ceportal", count) % {"count": count}
        said = [f"- {sentence(one.kind, one.terms)}" for one in notices[:MOST_LINES]]
        if count > MOST_LINES:
            said.append(_("… and %(count)s more.") % {"count": count - MOST_LINES})
        said += [
            "",
            settings.SITE_ADDRESS + reverse("notices"),
            "",
            _("Names and numbers are shown only to whoever signs in."),
        ]
    headers = {
        "Message-ID": f"<{notices[0].public_id}@{urlsplit(settings.SITE_ADDRESS).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(subject, "\n".join(said), to=[user.email], headers=headers, connection=line)
