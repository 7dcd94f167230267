from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.batches import Season, batch_label
from common.models import Recorded, once_known
from common.querysets import RecordedQuerySet, ScopedQuerySet
from learning_centers.models import CenterOffering, Institution


class EntryBatch(models.Model):
    """A spring or autumn intake of an institution: `code` is `2025-autumn`, `starts_on` its first day."""

    SCOPE = ScopePath()

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="entry_batches", verbose_name=_("institution")
    )
    code = models.CharField(_("batch"), max_length=11)
    year = models.PositiveSmallIntegerField(_("year"))
    season = models.CharField(_("season"), max_length=6, choices=Season)
    starts_on = models.DateField(_("first day"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry batch")
        verbose_name_plural = _("entry batches")
        ordering = ["institution", "-starts_on"]
        constraints = [models.UniqueConstraint(fields=["institution", "code"], name="entry_batch_once")]

    def __str__(self) -> str:
        return batch_label(self.code)


class AdmissionPlace(Recorded):
    """The places of a centre offering in a batch. `taken` counts the students whose entry stands on it, also later leavers."""

    SCOPE = ScopePath(school="center_offering__center__school", center="center_offering__center")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(EntryBatch, on_delete=models.PROTECT, related_name="places", verbose_name=_("batch"))
    center_offering = models.ForeignKey(CenterOffering, on_delete=models.PROTECT, related_name="places")
    quota = models.PositiveIntegerField(_("quota"))
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission place")
        verbose_name_plural = _("admission places")
        constraints = [
            once_known("batch", "center_offering", name="admission_place_once"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("quota")) | Q(superseded_in__isnull=False),
                name="admission_place_not_oversold",
                violation_error_message=_("No free place is left here."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} · {self.center_offering}"
