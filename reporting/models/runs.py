from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.keys import new_public_id
from common.querysets import ScopedQuerySet
from exchange.models import Job
from learning_centers.models import Institution


class StatisticsRun(models.Model):
    """The figures of one key: family, definitions, days, breakdowns, scope and knowledge (docs/rules.md §6.5).

    The same key always gives the same figures, so a run is made once and found again; it is a copy of what the records say
    and may be thrown away, as long as no return stands on it. `breakdowns` hold dimension names joined by commas, "" the
    total. `scope`: "" or `LEVEL:CODE`, such as `center:0102`. A run without a digest is not finished.
    """

    SCOPE = ScopePath()
    TASK = "reporting.compute_run"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="statistics_runs", verbose_name=_("institution")
    )
    family = models.CharField(_("family"), max_length=20, default="degree")
    definitions = models.PositiveSmallIntegerField(_("set of definitions"))
    as_of = models.DateField(_("as of"))
    since = models.DateField(_("since"), null=True, blank=True)
    breakdowns = ArrayField(models.CharField(max_length=100, blank=True), verbose_name=_("broken down by"))
    scope = models.CharField(_("scope"), max_length=40, blank=True)
    known_number = models.BigIntegerField(_("known up to recording"))
    known_at = models.DateTimeField(_("known at"), help_text=_("The instant of the last recording that was used."))
    digest = models.CharField(_("digest"), max_length=64, blank=True, editable=False)
    error = models.TextField(_("error"), blank=True, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    requested_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    computed_at = models.DateTimeField(_("computed at"), null=True, blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("statistics run")
        verbose_name_plural = _("statistics runs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "institution",
                    "family",
                    "as_of",
                    "since",
                    "known_number",
                    "scope",
                    "breakdowns",
                    "definitions",
                ],
                name="statistics_run_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution.code} {self.since or ''}–{self.as_of}"

    @property
    def is_done(self) -> bool:
        return bool(self.digest)

    @property
    def job(self) -> Job | None:
        """The last job that was asked to compute it, if any: state, progress, error."""
        return Job.objects.filter(task=self.TASK, key=str(self.pk)).order_by("-pk").first()


class SliceFigures(models.Model):
    """One row of a run's table: `key` are the values of the breakdown's dimensions (null = unknown), `values` by indicator.

    Zeros are left out, but not in the total.
    """

    SCOPE = ScopePath(institution="run__institution")

    run = models.ForeignKey(StatisticsRun, on_delete=models.CASCADE, related_name="slices")
    breakdown = models.CharField(_("broken down by"), max_length=100, blank=True)
    position = models.PositiveIntegerField(_("position"))
    key = models.JSONField(_("slice"))
    values = models.JSONField(_("figures"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of figures")
        verbose_name_plural = _("rows of figures")
        ordering = ["run", "breakdown", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "breakdown", "position"], name="slice_figures_once"),
        ]


class FrozenReturn(models.Model):
    """Figures as they were handed in: never changed, never deleted. A late correction makes a restatement beside it."""

    SCOPE = ScopePath()

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="frozen_returns", verbose_name=_("institution")
    )
    title = models.CharField(_("title"), max_length=200)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    restates = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="restated_by", verbose_name=_("restates")
    )
    family = models.CharField(_("family"), max_length=20, default="degree")
    definitions = models.PositiveSmallIntegerField(_("set of definitions"))
    as_of = models.DateField(_("as of"))
    since = models.DateField(_("since"), null=True, blank=True)
    breakdowns = ArrayField(models.CharField(max_length=100, blank=True), verbose_name=_("broken down by"))
    scope = models.CharField(_("scope"), max_length=40, blank=True)
    known_number = models.BigIntegerField(_("known up to recording"))
    known_at = models.DateTimeField(_("known at"))
    figures = models.JSONField(_("figures"), help_text=_("Breakdown → list of [slice, figures]."))
    digest = models.CharField(_("digest"), max_length=64)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("frozen by")
    )
    frozen_at = models.DateTimeField(_("frozen at"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("frozen return")
        verbose_name_plural = _("frozen returns")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    def value(self, indicator: str, *key: str | None, breakdown: str = "") -> Any:
        """The frozen number of a slice; 0 where the slice has no row."""
        return next((values.get(indicator, 0) for one, values in self.figures[breakdown] if one == list(key)), 0)


class ReturnDifference(models.Model):
    """What a restatement counts otherwise than the return before it: one subject, by its kind (`app.model`) and public id, which
    need not be in a table that this app knows. `before` and `after` are lists of [indicator, slice]; `recording` is the last one
    between the two that touched what the figures read of it."""

    SCOPE = ScopePath(institution="frozen_return__institution")

    frozen_return = models.ForeignKey(FrozenReturn, on_delete=models.PROTECT, related_name="differences")
    subject_kind = models.CharField(_("kind"), max_length=60)
    subject_id = models.UUIDField(_("public id"))
    before = models.JSONField(_("before"), default=list)
    after = models.JSONField(_("after"), default=list)
    recording = models.ForeignKey(
        "common.Recording", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("recorded in")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        constraints = [
            models.UniqueConstraint(
                fields=["frozen_return", "subject_kind", "subject_id"], name="return_difference_once"
            ),
        ]
