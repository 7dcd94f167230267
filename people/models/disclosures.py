from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import Own
from common.querysets import ScopedQuerySet
from people.models.users import User


class DisclosureQuerySet(ScopedQuerySet):
    def since(self, moment: Any) -> "DisclosureQuerySet":
        return self.filter(at__gt=moment)


class Disclosure(models.Model):
    """What one user was shown of persons, counted for the limits of an hour (`people.services.limits`) and then forgotten: the
    trail says what it was. `refused`: the limit was reached, and the auditors were told."""

    SCOPE = Own("user")

    class Kind(models.TextChoices):
        NUMBER_SEARCH = "number_search", _("searches by identity number")
        NUMBER_CHECK = "number_check", _("identity numbers checked while an application is typed")
        REVEAL = "reveal", _("numbers and reasons shown in clear")
        LISTED = "listed", _("records of persons shown in lists")
        PRINTED = "printed", _("persons on printed pages")
        PAPER = "paper", _("documents of persons opened")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("at"), default=timezone.now)
    amount = models.PositiveIntegerField(_("how many"), default=1)
    page = models.CharField(max_length=32, blank=True, editable=False)
    """Of what is listed: a digest of the page's address. Looking at it again within the hour is one look."""
    refused = models.BooleanField(default=False, editable=False)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        indexes = [
            models.Index(fields=["user", "kind", "at"], name="disclosure_of_user"),
            models.Index(fields=["at"], name="disclosure_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} × {self.amount}"
