from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.dates import PartialDate, Precision
from common.keys import new_public_id
from common.models import Dated, Recorded, once_known
from common.querysets import RecordedQuerySet
from common.ranges import day_range
from learning_centers.models.institutions import Institution, local


class School(Recorded):
    """A school or office of the institution. Renaming keeps its identity; merging makes a new one (docs/rules.md §1b).

    `name` is today's name, a projection for lists; `name_on` answers for any day.
    """

    class Kind(models.TextChoices):
        SCHOOL = "school", _("school")
        OFFICE = "office", _("office")

    SCOPE = ScopePath(school="pk")

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="schools")
    code = models.CharField(_("code"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.SCHOOL)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("school or office")
        verbose_name_plural = _("schools and offices")
        ordering = ["institution", "code"]
        constraints = [once_known("institution", "code", name="school_code_once")]

    def __str__(self) -> str:
        return local(self.name, self.name_en)

    def name_on(self, day):
        """The name that the unit bore on this day, or None where none is known."""
        row = self.names.current().on(day).first()
        return row and str(row)


def _one_a_day(name: str, *fields: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[*((field, "=") for field in fields), (day_range(), RangeOperators.OVERLAPS)],
        condition=Q(superseded_in__isnull=True),
        violation_error_message=_("This overlaps with what is already known for that time."),
    )


class SchoolName(Recorded, Dated):
    SCOPE = ScopePath(institution="school__institution", school="school")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    begin_precision = models.CharField(_("precision"), max_length=6, choices=Precision, default=Precision.DAY)

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("school name")
        verbose_name_plural = _("school names")
        ordering = ["school", "begin"]
        constraints = [*Dated.Meta.constraints, _one_a_day("school_has_one_name_a_day", "school")]

    def __str__(self) -> str:
        return local(self.name, self.name_en)


class SchoolParent(Recorded, Dated):
    SCOPE = ScopePath(institution="school__institution", school="school")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="parents")
    parent = models.ForeignKey(School, on_delete=models.PROTECT, related_name="children")

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("parent unit")
        verbose_name_plural = _("parent units")
        constraints = [
            *Dated.Meta.constraints,
            _one_a_day("school_has_one_parent_a_day", "school"),
            models.CheckConstraint(condition=~Q(school=models.F("parent")), name="school_is_not_its_own_parent"),
        ]


class SchoolRole(Recorded, Dated):
    """What a unit does: teach, or approve and supervise; the separation of 管 and 办 (docs/rules.md §4.1)."""

    class Role(models.TextChoices):
        PROVIDER = "provider", _("provider")
        MANAGING_OFFICE = "managing_office", _("managing office")

    SCOPE = ScopePath(institution="school__institution", school="school")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    begin_precision = models.CharField(_("precision"), max_length=6, choices=Precision, default=Precision.DAY)

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("role of a unit")
        verbose_name_plural = _("roles of units")
        constraints = [*Dated.Meta.constraints, _one_a_day("school_role_once_a_day", "school", "role")]


class LineageEvent(Recorded):
    """Something that happened to units: who came from whom (沿革). `position` orders events of the same vague date."""

    class Kind(models.TextChoices):
        FOUNDED = "founded", _("founded")
        RENAMED = "renamed", _("renamed")
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")
        ROLE_CHANGED = "role_changed", _("role changed")
        CLOSED = "closed", _("closed")

    SCOPE = ScopePath()

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="lineage")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    on = models.DateField(_("date"))
    precision = models.CharField(_("precision"), max_length=6, choices=Precision, default=Precision.DAY)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    approved_by = models.CharField(_("approved by"), max_length=200, blank=True, help_text=_("As named on that day."))
    note = models.TextField(_("note"), blank=True)
    note_en = models.TextField(_("note in English"), blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("lineage event")
        verbose_name_plural = _("lineage")
        ordering = ["institution", "on", "position"]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"

    @property
    def date(self) -> PartialDate:
        return PartialDate(self.on, Precision(self.precision))


class LineageLink(Recorded):
    class Side(models.TextChoices):
        PREDECESSOR = "predecessor", _("predecessor")
        SUCCESSOR = "successor", _("successor")

    SCOPE = ScopePath(institution="event__institution")

    event = models.ForeignKey(LineageEvent, on_delete=models.PROTECT, related_name="links")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="lineage_links")
    side = models.CharField(_("side"), max_length=12, choices=Side)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit in a lineage event")
        verbose_name_plural = _("units in lineage events")
        constraints = [once_known("event", "school", "side", name="lineage_link_once")]


class Designation(Recorded):
    """A recognised status or award; issuer and date may be unknown (docs/rules.md §1a)."""

    class Kind(models.TextChoices):
        AWARD = "award", _("award")
        ACCREDITATION = "accreditation", _("accreditation")
        BASE = "base", _("base")
        TEST_CENTER = "test_center", _("test centre")
        CHAIR = "chair", _("chair")

    SCOPE = ScopePath()

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="designations")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="designations")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    title = models.CharField(_("title"), max_length=300)
    title_en = models.CharField(_("English title"), max_length=300, blank=True)
    issuer = models.CharField(_("issuer"), max_length=200, blank=True)
    issuer_en = models.CharField(_("issuer in English"), max_length=200, blank=True)
    granted_on = models.DateField(_("granted on"), null=True, blank=True)
    precision = models.CharField(_("precision"), max_length=6, choices=Precision, default=Precision.YEAR)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    repeat_count = models.PositiveSmallIntegerField(_("times"), null=True, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("designation")
        verbose_name_plural = _("designations")
        ordering = ["institution", models.F("granted_on").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return local(self.title, self.title_en)

    @property
    def date(self) -> PartialDate | None:
        return PartialDate(self.granted_on, Precision(self.precision)) if self.granted_on else None
