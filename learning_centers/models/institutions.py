from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.keys import new_public_id
from common.models import Dated, Recorded
from common.querysets import RecordedQuerySet, ScopedQuerySet
from common.ranges import day_range


class Institution(models.Model):
    """A university: the root of all that belongs together. Its national code is dated in `InstitutionCode`."""

    SCOPE = ScopePath(institution="pk")

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    code = models.CharField(
        _("national code"),
        max_length=5,
        unique=True,
        validators=[RegexValidator(r"^\d{5}$", _("Five digits."))],
        help_text=_("The present code; earlier ones are kept with their dates."),
    )
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")
    records_complete_from = models.DateField(
        _("records complete from"),
        null=True,
        blank=True,
        help_text=_("Figures for earlier days are marked as incomplete and stand beside the published ones."),
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.local_name}"

    @property
    def local_name(self) -> str:
        return local(self.name, self.name_en)


def local(name: str, name_en: str) -> str:
    """The name in the reader's language where there is one."""
    return name if (get_language() or "").startswith("zh") or not name_en else name_en


class InstitutionCode(Recorded, Dated):
    """A code that the institution holds or held: a diploma carries the code at conferral (docs/rules.md §2.6)."""

    class Scheme(models.TextChoices):
        NATIONAL = "national", _("national code (5 digits)")
        IDENTIFIER = "identifier", _("school identifier (10 digits)")

    SCOPE = ScopePath()

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="codes")
    scheme = models.CharField(_("scheme"), max_length=12, choices=Scheme)
    value = models.CharField(_("code"), max_length=10)

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("institution code")
        verbose_name_plural = _("institution codes")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="institution_code_held_by_one",
                expressions=[("scheme", "="), ("value", "="), (day_range(), RangeOperators.OVERLAPS)],
                condition=models.Q(superseded_in__isnull=True),
                violation_error_message=_("Another institution holds this code at that time."),
            ),
        ]

    def __str__(self) -> str:
        return self.value


class InstitutionName(Recorded, Dated):
    SCOPE = ScopePath()

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("institution name")
        verbose_name_plural = _("institution names")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="institution_has_one_name_a_day",
                expressions=[("institution", "="), (day_range(), RangeOperators.OVERLAPS)],
                condition=models.Q(superseded_in__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return local(self.name, self.name_en)
