"""Files, staged rows and the values of remarks are kept only as long as someone may need them (docs/rules.md §8)."""

import datetime as dt

from django.conf import settings
from django.utils import timezone

from exchange.models import ImportBatch, ImportIssue, RowReview, StagedChunk

UNDER_WAY = (ImportBatch.State.COMMITTING,)


def expire_files(now: dt.datetime | None = None) -> int:
    """Empty what is older than `IMPORT_FILES_KEPT_DAYS`; counts and codes stay. Returns how many files were emptied.

    A file whose rows are being stored is left alone, however old.
    """
    before = (now or timezone.now()) - dt.timedelta(days=settings.IMPORT_FILES_KEPT_DAYS)
    old = ImportBatch.objects.filter(uploaded_at__lt=before, content__isnull=False).exclude(status__in=UNDER_WAY)
    keys = list(old.values_list("pk", flat=True))
    StagedChunk.objects.filter(batch__in=keys).update(payload=None)
    ImportIssue.objects.filter(batch__in=keys).update(value=None)
    RowReview.objects.filter(batch__in=keys).update(told=None)
    return ImportBatch.objects.filter(pk__in=keys).update(content=None)
