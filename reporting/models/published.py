"""What an institution has said of itself: claims that stand beside live figures and never feed them (docs/rules.md §0.3)."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.access import Public
from common.dates import PartialDate, Precision
from common.models import Recorded, once_known
from common.querysets import RecordedQuerySet
from common.wording import labelled
from learning_centers.models import Institution
from learning_centers.models.institutions import local

CLOSE = Decimal("0.1")
"""How far a live figure may lie from an approximate claim ("nearly 60") for the claim to hold."""


class Line(models.TextChoices):
    """The lines of work of continuing education (docs/rules.md §1)."""

    WHOLE = "whole", _("continuing education")
    DEGREE = "degree", _("degree programmes")
    NON_DEGREE = "non_degree", _("non-degree training")
    INTERNATIONAL = "international", _("international education")
    OUTREACH = "outreach", _("outreach")


class Qualifier(models.TextChoices):
    EQUAL = "eq", _("exactly")
    GREATER = "gt", _("more than")
    AT_LEAST = "ge", _("at least")
    ABOUT = "approx", _("about")
    LESS = "lt", _("fewer than")


class PublishedFigure(Recorded):
    """A number that the institution has published; `name` is the fact sheet's ("students.stock")."""

    SCOPE = Public("Published by the institution itself; the fact sheet shows it to everybody.")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="published_figures")
    name = models.CharField(_("figure"), max_length=60)
    line = models.CharField(_("line of work"), max_length=15, choices=Line, default=Line.WHOLE)
    label = models.CharField(_("label"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200, blank=True)
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2)
    qualifier = models.CharField(_("qualifier"), max_length=6, choices=Qualifier, default=Qualifier.EQUAL)
    since = models.DateField(_("counted from"), null=True, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    precision = models.CharField(_("precision"), max_length=6, choices=Precision, default=Precision.YEAR)
    source = models.CharField(_("source"), max_length=300)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("published figure")
        verbose_name_plural = _("published figures")
        ordering = ["institution", "position", "id"]
        constraints = [once_known("institution", "name", "as_of", name="published_figure_once", nulls_distinct=False)]

    def __str__(self) -> str:
        value = f"{self.get_qualifier_display()} {self.value.normalize():f}"
        return labelled(local(self.label, self.label_en), value)

    @property
    def date(self) -> PartialDate | None:
        return PartialDate(self.as_of, Precision(self.precision)) if self.as_of else None

    def holds(self, value: int | Decimal) -> bool:
        """Whether a live value agrees with the claim."""
        return {
            Qualifier.EQUAL: value == self.value,
            Qualifier.GREATER: value > self.value,
            Qualifier.AT_LEAST: value >= self.value,
            Qualifier.ABOUT: abs(value - self.value) <= self.value * CLOSE,
            Qualifier.LESS: value < self.value,
        }[Qualifier(self.qualifier)]


class ProfileStatement(Recorded):
    """A sentence of the institution's profile that is no number: mission, a line of work, a model of training."""

    SCOPE = Public("Published by the institution itself; the fact sheet shows it to everybody.")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="profile")
    line = models.CharField(_("line of work"), max_length=15, choices=Line, default=Line.WHOLE)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("profile statement")
        verbose_name_plural = _("profile statements")
        ordering = ["institution", "position", "id"]

    def __str__(self) -> str:
        return local(self.title, self.title_en)

    @property
    def words(self) -> str:
        return local(self.text, self.text_en)
