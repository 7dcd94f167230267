from django.db import models
from django.db.models import Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from common.access import Public, ScopePath
from common.codes.countries import country_name
from common.codes.regions import regions
from common.models import Recorded
from common.querysets import RecordedQuerySet, ScopedQuerySet
from common.tiles import province_name
from learning_centers.models.institutions import Institution, local


class Region(models.Model):
    """An administrative division of GB/T 2260: 34 province units, prefectures and counties (docs/rules.md §3)."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("province")
        PREFECTURE = "prefecture", _("prefecture")
        COUNTY = "county", _("county")

    SCOPE = Public("A national code table without personal or tenant data.")

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    letters = models.CharField(_("letters"), max_length=2, blank=True)
    name = models.CharField(_("name"), max_length=60)
    short_name = models.CharField(_("short name"), max_length=30, blank=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^\d{6}$"), name="region_code_has_six_digits"),
            models.UniqueConstraint(fields=["letters"], condition=~Q(letters=""), name="region_letters_once"),
        ]

    def __str__(self) -> str:
        return local(self.name, self.name_en)


class Campus(Recorded):
    SCOPE = ScopePath()

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="campuses")
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("campus")
        verbose_name_plural = _("campuses")

    def __str__(self) -> str:
        return local(self.name, self.name_en)


class Site(Recorded):
    """A place with an address. `province_code` is kept beside the finer region, which may be unknown or newer than our table."""

    SCOPE = ScopePath()

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="sites")
    campus = models.ForeignKey(Campus, on_delete=models.PROTECT, null=True, blank=True, related_name="sites")
    country = models.CharField(_("country"), max_length=3, default="CHN")
    province_code = models.CharField(_("province"), max_length=6, blank=True)
    region_code = models.CharField(_("prefecture or county"), max_length=6, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.CheckConstraint(
                condition=~Q(country="CHN") | Q(province_code__regex=r"^\d{2}0000$"),
                name="site_in_china_has_a_province",
            ),
            models.CheckConstraint(
                condition=Q(region_code="") | Q(region_code__startswith=Left("province_code", 2)),
                name="site_region_lies_in_its_province",
                violation_error_message=_("The region lies in another province."),
            ),
        ]

    def __str__(self) -> str:
        region = regions().get(self.region_code)
        place = region.zh if region else self.region_code or province_name(self.province_code)
        return self.address or place or country_name(self.country)
