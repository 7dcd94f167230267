"""What a batch has written, told from what is stored: the rows of its recordings, and those that undos wrote in their stead."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from common.models import Recorded
from exchange.models import RestoredRow


class Footprint:
    """The rows of the recordings `made`, table by table.

    A row that someone else superseded counts as the batch's still when that was undone: its copy stands for it.
    """

    def __init__(self, made: Sequence[int]) -> None:
        self.made = list(made)

    def written(self, model: type[Recorded]) -> Any:
        """All rows of the batch, known today or not."""
        return model.objects.filter(self._own(model))

    def standing(self, model: type[Recorded]) -> Any:
        """What is known today because of the batch."""
        return self.written(model).filter(superseded_in__isnull=True)

    def replaced(self, model: type[Recorded]) -> Any:
        """Earlier rows that the batch superseded."""
        return self.outside(model).filter(superseded_in__in=self.made)

    def changed_later(self, model: type[Recorded]) -> Any:
        """Rows of the batch that something later superseded and nothing restored."""
        restored = self._restored(model).values("instead_of")
        later = self.written(model).filter(superseded_in__isnull=False).exclude(superseded_in__in=self.made)
        return later.exclude(pk__in=restored)

    def outside(self, model: type[Recorded]) -> Any:
        return model.objects.exclude(self._own(model))

    def _own(self, model: type[Recorded]) -> Q:
        return Q(recorded_in__in=self.made) | Q(pk__in=self._restored(model).values("key"))

    def _restored(self, model: type[Recorded]) -> Any:
        return RestoredRow.objects.filter(table=model._meta.label_lower, origin__in=self.made)
