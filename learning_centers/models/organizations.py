from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.keys import new_public_id
from common.models import Dated, Recorded, once_known
from common.querysets import RecordedQuerySet
from common.ranges import day_range
from learning_centers.models.institutions import Institution


class Organization(Recorded):
    """A legal person outside of the institution in whatever role: host, client, employer, funder, issuer, partner."""

    SCOPE = ScopePath(partner="pk")

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="organizations")
    name = models.CharField(_("name"), max_length=200, help_text=_("The present name."))
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    foreign_code = models.CharField(_("foreign code"), max_length=50, blank=True)
    country = models.CharField(_("country"), max_length=3, default="CHN")

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["institution", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "uscc"],
                name="organization_uscc_once",
                condition=Q(superseded_in__isnull=True) & ~Q(uscc=""),
            )
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationName(Recorded, Dated):
    SCOPE = ScopePath(institution="organization__institution", partner="organization")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=200)

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("organization name")
        verbose_name_plural = _("organization names")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="organization_has_one_name_a_day",
                expressions=[("organization", "="), (day_range(), RangeOperators.OVERLAPS)],
                condition=Q(superseded_in__isnull=True),
            ),
        ]


class Agreement(Recorded):
    """A contract with an organization; what it says and for how long stands in its versions."""

    class Kind(models.TextChoices):
        LEARNING_CENTER = "learning_center", _("learning centre")
        TRAINING = "training", _("training")
        INTERNATIONAL = "international", _("international")

    SCOPE = ScopePath(partner="organization")

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="agreements")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    number = models.CharField(_("number"), max_length=50, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "number"],
                name="agreement_number_once",
                condition=Q(superseded_in__isnull=True) & ~Q(number=""),
            )
        ]

    def __str__(self) -> str:
        return self.number or f"{self.get_kind_display()} {self.organization}"


class AgreementVersion(Recorded, Dated):
    SCOPE = ScopePath(institution="agreement__institution", partner="agreement__organization")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    serial = models.PositiveSmallIntegerField(_("version"), default=1)
    terms = models.TextField(_("terms"), blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("agreement version")
        verbose_name_plural = _("agreement versions")
        constraints = [
            *Dated.Meta.constraints,
            once_known("agreement", "serial", name="agreement_version_once"),
        ]
