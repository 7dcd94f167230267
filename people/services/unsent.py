"""What was typed into a form is kept for who typed it, until the form has arrived: also over a sign-out or a lost line."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from people.models import UnsentForm, User

KEPT_DAYS = 3
MOST_FORMS = 20
"""Of one user; the oldest give way."""
LONGEST = 100_000
"""Characters of all values together: more is no form of ours."""
NEVER = ("csrfmiddlewaretoken", "seen", "own", "token")
"""Fields that the page gives and that mean something only on the page that gave them."""


@transaction.atomic
def keep_unsent(user: User, address: str, values: Iterable[tuple[str, str]]) -> bool:
    """Keep what was typed at this address instead of what was kept before; an empty or endless form is not kept."""
    typed = [[name, value] for name, value in values if name not in NEVER and "password" not in name]
    text = orjson.dumps(typed).decode()
    if len(text) > LONGEST or not any(value for _name, value in typed):
        return False
    User.objects.select_for_update().get(pk=user.pk)
    kept = UnsentForm.objects.filter(user=user, address=address).first() or UnsentForm(user=user, address=address)
    kept.values = text
    kept.save()
    too_many = UnsentForm.objects.filter(user=user).order_by("-at").values_list("pk", flat=True)[MOST_FORMS:]
    UnsentForm.objects.filter(pk__in=list(too_many)).delete()
    return True


def unsent_at(user: Any, address: str) -> list[list[str]]:
    """Names and values that this user has typed at this address, if any."""
    kept = UnsentForm.objects.visible_to(user).filter(address=address).first()
    return orjson.loads(kept.values) if kept else []


def forget_unsent(user: Any, address: str) -> None:
    """The form has arrived, or is not wanted any more."""
    UnsentForm.objects.visible_to(user).filter(address=address).delete()


def forget_old_unsent() -> int:
    """Forms that nobody came back to; returns how many."""
    before = timezone.now() - dt.timedelta(days=KEPT_DAYS)
    return UnsentForm.objects.filter(at__lt=before).delete()[0]
