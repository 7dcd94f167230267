from django.db import models
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.models import Recording
from common.querysets import ScopedQuerySet


class RestoredRow(models.Model):
    """A versioned row that an undo wrote anew: row `key` of `table` stands for row `instead_of`, which stays superseded.

    `origin` is the recording that first wrote it, through any number of undos: whose row it is has not changed.
    """

    SCOPE = ScopePath(institution="recording__institution")

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=100)
    key = models.BigIntegerField()
    instead_of = models.BigIntegerField()
    origin = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("restored row")
        verbose_name_plural = _("restored rows")
        constraints = [models.UniqueConstraint(fields=["table", "key"], name="restored_row_once")]

    def __str__(self) -> str:
        return f"{self.table} {self.key}"
