"""The vocabulary of reading that every model shares: whose rows (`visible_to`) and known when (`current`, `known_at`)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q

import common.lookups  # noqa: F401 -- registers `any`
from common.access import scope_filter
from common.crypto import reserve_keys


class ScopedQuerySet(models.QuerySet):
    def visible_to(self, user: Any, verb: str | None = None) -> Self:
        """Rows that the user's memberships reach, by one verb's memberships if a verb is given; nothing for an inactive user."""
        if not getattr(user, "is_active", False):
            return self.none()
        condition = scope_filter(self.model, user, verb)
        if getattr(getattr(self.model, "SCOPE", None), "many", False):
            return self.filter(pk__in=self.model._base_manager.filter(condition).values("pk"))
        return self.filter(condition)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        rows = list(objs)
        reserve_keys(rows)
        return super().bulk_create(rows, *args, **options)


class RecordedQuerySet(ScopedQuerySet):
    def current(self) -> Self:
        """What is known today."""
        return self.filter(superseded_in__isnull=True)

    def known_at(self, number: int) -> Self:
        """What was known after the recording of this number (all rows of one institution)."""
        return self.filter(recorded_in__number__lte=number).filter(
            Q(superseded_in__isnull=True) | Q(superseded_in__number__gt=number)
        )

    def on(self, day: dt.date) -> Self:
        """Dated rows that hold on this day."""
        return self.filter(
            Q(begin__isnull=True) | Q(begin__lte=day),
            Q(end__isnull=True) | Q(end__gt=day),
        )

    def supersede(self, recording_id: int) -> int:
        return self.filter(superseded_in__isnull=True).update(superseded_in_id=recording_id)
