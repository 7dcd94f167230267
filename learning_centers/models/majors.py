from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.keys import new_public_id
from common.models import Recorded, once_known
from common.querysets import RecordedQuerySet
from learning_centers.models.institutions import Institution, local
from learning_centers.models.schools import School


class LevelPath(models.TextChoices):
    SEC_TO_JC = "sec_to_jc", _("senior secondary to junior college")
    JC_TO_BA = "jc_to_ba", _("junior college to bachelor")
    SEC_TO_BA = "sec_to_ba", _("senior secondary to bachelor")


class StudyForm(models.TextChoices):
    CORRESPONDENCE = "correspondence", _("correspondence")
    SPARE_TIME = "spare_time", _("spare time")
    FULL_TIME = "full_time", _("full time")
    ONLINE = "online", _("online")
    PART_TIME = "part_time", _("part time")


class Major(Recorded):
    """A catalogued field of study as the institution names it; `edition` tells the catalogue of its code."""

    SCOPE = ScopePath()

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="majors")
    code = models.CharField(_("code"), max_length=8)
    name = models.CharField(_("name"), max_length=50)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    edition = models.CharField(_("catalogue"), max_length=20, blank=True)
    isced_field = models.CharField(_("ISCED field"), max_length=4, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("major")
        verbose_name_plural = _("majors")
        ordering = ["institution", "code"]
        constraints = [once_known("institution", "code", name="major_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {local(self.name, self.name_en)}"


class Programme(Recorded):
    """What a school teaches: a major along one level path."""

    SCOPE = ScopePath(school="school")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="programmes")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("school"))
    major = models.ForeignKey(Major, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("major"))
    level_path = models.CharField(_("level path"), max_length=10, choices=LevelPath)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [once_known("institution", "school", "major", "level_path", name="programme_once")]

    def __str__(self) -> str:
        return f"{self.major} {self.get_level_path_display()}"


class ProgrammeVersion(Recorded):
    """A programme in one study form with its lengths (years, steps of a half) and credits (docs/rules.md §2.2)."""

    SCOPE = ScopePath(school="programme__school")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="programme_versions")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="versions", verbose_name=_("programme")
    )
    study_form = models.CharField(_("study form"), max_length=15, choices=StudyForm)
    normal_years = models.DecimalField(_("normal length"), max_digits=3, decimal_places=1)
    min_years = models.DecimalField(_("minimum length"), max_digits=3, decimal_places=1)
    max_years = models.DecimalField(_("maximum length"), max_digits=3, decimal_places=1)
    required_credits = models.DecimalField(_("required credits"), max_digits=5, decimal_places=1, null=True, blank=True)
    min_onsite_hours_ratio = models.DecimalField(
        _("least share of face-to-face hours"), max_digits=3, decimal_places=2, default=Decimal("0.20")
    )

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme version")
        verbose_name_plural = _("programme versions")
        constraints = [
            once_known("institution", "programme", "study_form", "normal_years", name="programme_version_once"),
            models.CheckConstraint(
                condition=Q(min_years__lte=F("normal_years"), max_years__gte=F("normal_years")),
                name="programme_version_lengths_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.get_study_form_display()}"


class Offering(Recorded):
    """The entry batches for which a programme version is open: first days of the first and of the last one."""

    SCOPE = ScopePath(school="programme_version__programme__school")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="offerings")
    programme_version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="offerings")
    open_from = models.DateField(_("first batch"))
    open_to = models.DateField(_("last batch"), null=True, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("offering")
        verbose_name_plural = _("offerings")
        constraints = [
            once_known("institution", "programme_version", "open_from", name="offering_once"),
            models.CheckConstraint(
                condition=Q(open_to__isnull=True) | Q(open_to__gte=F("open_from")), name="offering_batches_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.programme_version)
