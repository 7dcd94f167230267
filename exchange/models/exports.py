from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import ScopePath
from common.crypto import EncryptedBinaryField, ReservedKey
from common.keys import new_public_id
from common.querysets import ScopedQuerySet


class Export(models.Model):
    """A list of persons that leaves the house: who asked, why, how many rows, who approved, and the file, sealed.

    Above the limit of the institution a second person approves before a file is made (docs/rules.md §8). `kind` names the
    registered export, `terms` narrow it as the asker's own page does; they hold no personal value. One that has grown above the
    limit before it was made goes back to waiting. What is printed has no file, and waits for nobody.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a second person")
        APPROVED = "approved", _("being made")
        REFUSED = "refused", pgettext_lazy("export", "refused")
        MADE = "made", _("ready")
        EXPIRED = "expired", _("expired")
        PRINTED = "printed", _("printed")

    MOVES = {
        State.WAITING: {State.APPROVED, State.REFUSED, State.PRINTED},
        State.APPROVED: {State.MADE, State.WAITING},
        State.MADE: {State.EXPIRED},
    }
    SCOPE = ScopePath(school="center__school", center="center")

    id = ReservedKey(primary_key=True)
    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey("learning_centers.Institution", on_delete=models.PROTECT, related_name="+")
    center = models.ForeignKey(
        "learning_centers.LearningCenter", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=50)
    terms: Any = models.JSONField(default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    rows = models.PositiveIntegerField(_("rows"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    status = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    name = models.CharField(_("file name"), max_length=255, blank=True)
    content = EncryptedBinaryField()
    sha256 = models.CharField(max_length=64, blank=True)
    downloads = models.PositiveIntegerField(_("downloads"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["institution", "-id"], name="export_of_institution")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="export_is_decided_by_another",
                violation_error_message=_("A second person must decide."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.kind
