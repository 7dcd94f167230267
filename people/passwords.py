"""What a password must be (docs/rules.md §8, GB/T 22239): long, of several kinds of characters, and none of the last ones."""

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import PasswordUsed

FOR_EVER = 2.0**40
KINDS = (str.islower, str.isupper, str.isdigit, lambda character: not character.isascii() or not character.isalnum())


class KindsOfCharactersValidator:
    """Small letters, capitals, digits, and anything else: at least so many of the four kinds."""

    def __init__(self, least: int = 3) -> None:
        self.least = least

    def validate(self, password: str, user: Any = None) -> None:
        if sum(any(map(kind, password)) for kind in KINDS) < self.least:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return _(
            "Your password must mix at least %(least)s of these: small letters, capitals, digits, other signs."
        ) % {"least": self.least}


class NotUsedLatelyValidator:
    """Keeps the hashes of the last passwords and refuses to take one of them again."""

    def __init__(self, last: int = 5) -> None:
        self.last = last

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        known = PasswordUsed.objects.filter(user=user).order_by("-id")[: self.last]
        if any(check_password(password, one.encoded) for one in known):
            raise ValidationError(self.get_help_text(), code="password_used_lately")

    def password_changed(self, password: str, user: Any = None) -> None:
        """Called by Django when an account is saved with a new password."""
        PasswordUsed.objects.create(user=user, encoded=user.password)
        kept = PasswordUsed.objects.filter(user=user).order_by("-id").values("pk")[: self.last]
        PasswordUsed.objects.filter(user=user).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()

    def get_help_text(self) -> str:
        text = ngettext(
            "Your password must differ from the last one.",
            "Your password must differ from the last %(last)s.",
            self.last,
        )
        return text % {"last": self.last}


def good_until(user: Any, days: int) -> float:
    """Until when (seconds since 1970) the present password serves: so many days, always if 0, and not at all if somebody else
    has given it. One from before we kept count is as old as the account."""
    last = PasswordUsed.objects.filter(user=user).order_by("-id").first()
    if last and last.given:
        return 0
    since = last.at if last else user.date_joined
    return (since + dt.timedelta(days=days)).timestamp() if days else FOR_EVER
