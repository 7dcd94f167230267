import datetime as dt

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.batches import Season, batch_label
from common.models import Dated, Recorded, once_known
from common.querysets import RecordedQuerySet, ScopedQuerySet
from learning_centers.models import CenterOffering, CenterPeriod, Institution, Major, School
from learning_centers.models.majors import LevelPath, StudyForm


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


class BatchWindow(Recorded, Dated):
    """The days `[begin, end)` on which a function of a batch is open, for the whole institution or for one school.

    A function without a window is open; a school's own window stands instead of the institution's.
    """

    class Function(models.TextChoices):
        APPLY = "apply", _("applications")
        DECIDE = "decide", _("decisions")
        CHECK_IN = "check_in", _("check-in")
        REGISTER = "register", _("registration")

    SCOPE = ScopePath(school="school")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(EntryBatch, on_delete=models.PROTECT, related_name="windows", verbose_name=_("batch"))
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("school")
    )
    function = models.CharField(_("function"), max_length=10, choices=Function)

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("window of a batch")
        verbose_name_plural = _("windows of batches")
        ordering = ["batch", "begin"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["institution", "batch", "school", "function"],
                name="batch_window_once",
                condition=Q(superseded_in__isnull=True),
                nulls_distinct=False,
                violation_error_message=_("This function has a window in the batch already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} · {self.get_function_display()}"


class ProvincialPlan(Recorded):
    """How many a province's authority lets the institution admit there in a batch: the places of the centres in the province
    never add up to more (docs/rules.md §2.3)."""

    SCOPE = ScopePath()

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(
        EntryBatch, on_delete=models.PROTECT, related_name="provincial_plans", verbose_name=_("batch")
    )
    province_code = models.CharField(_("province"), max_length=6)
    major = models.ForeignKey(Major, on_delete=models.PROTECT, related_name="+", verbose_name=_("major"))
    level_path = models.CharField(_("level path"), max_length=10, choices=LevelPath)
    study_form = models.CharField(_("study form"), max_length=15, choices=StudyForm)
    quota = models.PositiveIntegerField(_("quota"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("provincial plan")
        verbose_name_plural = _("provincial plans")
        ordering = ["batch", "province_code"]
        constraints = [
            once_known(
                "institution",
                "batch",
                "province_code",
                "major",
                "level_path",
                "study_form",
                name="provincial_plan_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch} · {self.province_code} · {self.major}"


class AdmissionPlaceQuerySet(RecordedQuerySet):
    def used_up(self, on: dt.date) -> "AdmissionPlaceQuerySet":
        """Quotas of which nothing is left, in a batch that has not begun on the day."""
        return self.filter(batch__starts_on__gte=on, quota__gt=0, taken__gte=F("quota"))

    def with_province(self) -> "AdmissionPlaceQuerySet":
        """Each with the `province` in which the centre is on the first day of the batch: there the place counts."""
        day = OuterRef("batch__starts_on")
        of_center = CenterPeriod.objects.current().filter(
            Q(begin=None) | Q(begin__lte=day), Q(end=None) | Q(end__gt=day),
            institution=OuterRef("institution"), center=OuterRef("center_offering__center"),
        )  # fmt: skip
        province = Coalesce(Subquery(of_center.values("site__province_code")[:1]), Value(""))
        return self.annotate(province=province)


class AdmissionPlace(Recorded):
    """The places of a centre offering in a batch. `taken` counts the students whose entry stands on it, also later leavers,
    and the applications that hold a place until they become students."""

    SCOPE = ScopePath(school="center_offering__center__school", center="center_offering__center")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(EntryBatch, on_delete=models.PROTECT, related_name="places", verbose_name=_("batch"))
    center_offering = models.ForeignKey(CenterOffering, on_delete=models.PROTECT, related_name="places")
    quota = models.PositiveIntegerField(_("quota"))
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    objects = AdmissionPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission place")
        verbose_name_plural = _("admission places")
        constraints = [
            once_known("institution", "batch", "center_offering", name="admission_place_once"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("quota")) | Q(superseded_in__isnull=False),
                name="admission_place_not_oversold",
                violation_error_message=_("No free place is left here."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} · {self.center_offering}"
