from django.db import models
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.models import Recording
from common.querysets import ScopedQuerySet


class Overwrite(models.Model):
    """A value that an import replaced in a table without versions, so that the import can be undone. Never a personal one."""

    SCOPE = ScopePath(institution="recording__institution")

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=100)
    key = models.BigIntegerField()
    column = models.CharField(max_length=50)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("overwritten value")
        verbose_name_plural = _("overwritten values")
        indexes = [models.Index(fields=["recording"], name="overwrite_of_recording")]

    def __str__(self) -> str:
        return f"{self.table} {self.key}.{self.column}"


def overwrite(recording_id: int, row: models.Model, column: str, value: object) -> None:
    """Replace a value of a row that has no versions, and keep the earlier one."""
    before = getattr(row, column)
    Overwrite.objects.create(
        recording_id=recording_id, table=row._meta.label_lower, key=row.pk, column=column, before=before, after=value
    )
    type(row)._base_manager.filter(pk=row.pk).update(**{column: value})
    setattr(row, column, value)
