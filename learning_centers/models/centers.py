from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import ScopePath
from common.keys import new_public_id
from common.models import Dated, Recorded, once_known
from common.querysets import RecordedQuerySet
from common.ranges import day_range
from learning_centers.models.institutions import Institution, local
from learning_centers.models.majors import Major, ProgrammeVersion
from learning_centers.models.organizations import AgreementVersion, Organization
from learning_centers.models.places import Site
from learning_centers.models.schools import School


class Regime(models.TextChoices):
    """Which guards apply to a centre and in which count it stands; a file's `off_campus` is `filed`."""

    SCHOOL_DIRECT = "school_direct", _("school-direct")
    FILED = "filed", _("filed off-campus")
    OUTREACH = "outreach", _("outreach")
    OVERSEAS = "overseas", _("overseas")


class CenterType(models.TextChoices):
    SCHOOL_CENTER = "school_center", _("school-based centre")
    LEARNING_CENTER = "learning_center", _("learning centre")
    CORRESPONDENCE_STATION = "correspondence_station", _("correspondence station")
    SPARE_TIME_POINT = "spare_time_point", _("spare-time teaching point")
    OUTREACH_STATION = "outreach_station", _("outreach station")
    BRANCH = "branch", _("branch abroad")
    JOINT_BASE = "joint_base", _("joint training base")


class CenterStatus(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    ACTIVE = "active", pgettext_lazy("center", "active")
    STOP_INTAKE = "stop_intake", _("intake stopped")
    REVOKED = "revoked", _("revoked")


SERVING = (CenterStatus.ACTIVE, CenterStatus.STOP_INTAKE)
"""A centre that takes no new students still serves those it has."""


class LearningCenter(Recorded):
    """A place where students study. What changes over time stands in `CenterPeriod`; `name`, `school` and `status` are
    projections of the period of today, for lists and scope only."""

    MOVES = {
        CenterStatus.PROPOSED: {CenterStatus.ACTIVE, CenterStatus.REVOKED},
        CenterStatus.ACTIVE: {CenterStatus.STOP_INTAKE},
        CenterStatus.STOP_INTAKE: {CenterStatus.ACTIVE, CenterStatus.REVOKED},
    }
    SCOPE = ScopePath(school="school", center="pk")

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="centers")
    code = models.CharField(_("code"), max_length=10)
    regime = models.CharField(_("regime"), max_length=15, choices=Regime)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="centers", verbose_name=_("school"))
    status = models.CharField(_("status"), max_length=12, choices=CenterStatus, editable=False)
    province_code = models.CharField(_("province"), max_length=6, blank=True, editable=False)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("learning centre")
        verbose_name_plural = _("learning centres")
        ordering = ["institution", "code"]
        constraints = [once_known("institution", "code", name="center_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {local(self.name, self.name_en)}"


class CenterPeriod(Recorded, Dated):
    """What a centre was from `begin` until `end`: its periods cover all days without gap or overlap."""

    SCOPE = ScopePath(school="school", center="center")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    center = models.ForeignKey(LearningCenter, on_delete=models.PROTECT, related_name="periods")
    name = models.CharField(_("name"), max_length=200)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="center_periods")
    type = models.CharField(_("type"), max_length=25, choices=CenterType)
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="hosted")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="center_periods")
    status = models.CharField(_("status"), max_length=12, choices=CenterStatus, editable=False)

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("centre period")
        verbose_name_plural = _("centre periods")
        ordering = ["center", models.F("begin").asc(nulls_first=True)]
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="center_is_one_thing_a_day",
                expressions=[("institution", "="), ("center", "="), (day_range(), RangeOperators.OVERLAPS)],
                condition=Q(superseded_in__isnull=True),
                violation_error_message=_("This overlaps with what is already known for that time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.center} {self.begin or ''}–{self.end or ''}"


class CenterFiling(Recorded, Dated):
    """A declaration of the centre to the authorities (备案): intake is lawful on the days that it covers."""

    class Decision(models.TextChoices):
        NEW = "new", _("new")
        KEEP = "keep", _("keep")
        STOP_INTAKE = "stop_intake", _("stop intake")
        REVOKE = "revoke", _("revoke")

    SCOPE = ScopePath(institution="center__institution", school="center__school", center="center")

    center = models.ForeignKey(LearningCenter, on_delete=models.PROTECT, related_name="filings")
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=12, choices=Decision, default=Decision.KEEP)
    legacy = models.BooleanField(_("under the transition rule"), default=False)

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("filing")
        verbose_name_plural = _("filings")
        ordering = ["center", "begin"]
        constraints = [*Dated.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.center} {self.begin or ''}–{self.end or ''}"


class FiledMajor(Recorded, Dated):
    """A major that the centre has filed and may admit to on these days."""

    SCOPE = ScopePath(institution="center__institution", school="center__school", center="center")

    center = models.ForeignKey(LearningCenter, on_delete=models.PROTECT, related_name="filed_majors")
    major = models.ForeignKey(Major, on_delete=models.PROTECT, related_name="filed_at")

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("filed major")
        verbose_name_plural = _("filed majors")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="filed_major_once_a_day",
                expressions=[("center", "="), ("major", "="), (day_range(), RangeOperators.OVERLAPS)],
                condition=Q(superseded_in__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.center} · {self.major}"


class CenterAgreement(Recorded):
    """The agreement version under which a host keeps the centre."""

    SCOPE = ScopePath(institution="center__institution", school="center__school", center="center")

    center = models.ForeignKey(LearningCenter, on_delete=models.PROTECT, related_name="agreements")
    agreement_version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="center_agreements")

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("centre agreement")
        verbose_name_plural = _("centre agreements")
        constraints = [once_known("center", "agreement_version", name="center_agreement_once")]

    def __str__(self) -> str:
        return f"{self.center} · {self.agreement_version.agreement}"


class CenterOffering(Recorded):
    """A programme version as offered at one centre: what admission places are counted for."""

    SCOPE = ScopePath(school="center__school", center="center")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    center = models.ForeignKey(LearningCenter, on_delete=models.PROTECT, related_name="offerings")
    programme_version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="center_offerings")

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("centre offering")
        verbose_name_plural = _("centre offerings")
        constraints = [once_known("institution", "center", "programme_version", name="center_offering_once")]

    def __str__(self) -> str:
        return f"{self.center} · {self.programme_version}"
