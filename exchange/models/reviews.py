from typing import Any

from django.db import models

from common.access import ScopePath
from common.crypto import EncryptedTextField, ReservedKey
from common.querysets import ScopedQuerySet
from exchange.models.batches import ImportBatch


class RowReview(models.Model):
    """What storing a row would change of what is known, for people to see before it is stored; never written again.

    `guarded`: on a page it takes two people. `refusals` are the codes with which a page would refuse it. `told` is sealed JSON:
    whom the row is about, and its cells as [column, before, after].
    """

    SCOPE = ScopePath(institution="batch__institution")

    id = ReservedKey(primary_key=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="reviews")
    row = models.PositiveIntegerField()
    guarded = models.BooleanField(default=False)
    refusals: Any = models.JSONField(default=list)
    told = EncryptedTextField(owner="batch")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "row"]
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="row_review_once")]

    def __str__(self) -> str:
        return f"{self.batch} {self.row}"
