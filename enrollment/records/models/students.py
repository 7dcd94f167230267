import datetime as dt
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.dates import today
from common.keys import new_public_id
from common.models import Recorded, once_known
from common.querysets import RecordedQuerySet
from common.ranges import day_range
from enrollment.admission.models.places import EntryBatch
from learning_centers.models import Institution, LearningCenter, ProgrammeVersion
from people.models import Person


class StudentState(models.TextChoices):
    """Where a life stands (docs/rules.md §2.4); all but active and suspended are ends."""

    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    GRADUATED = "graduated", _("graduated")
    COMPLETED = "completed", _("completed")
    INCOMPLETE = "incomplete", _("left with a record of incomplete study")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPELLED = "expelled", _("expelled")
    TRANSFERRED_OUT = "transferred_out", _("transferred out")
    DECEASED = "deceased", _("deceased")
    CANCELLED = "cancelled", _("registration cancelled")


PRESENT = (StudentState.ACTIVE, StudentState.SUSPENDED)
"""Who is still a student."""


class PeriodState(models.TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")


class StudentQuerySet(RecordedQuerySet):
    def entered(self, on: dt.date) -> Self:
        """Without those who are registered for a batch that begins after the day: no figure of the day counts them."""
        return self.exclude(entry_batch__starts_on__gt=on)


class Student(Recorded):
    """A degree student: one person's enrolment under one student number.

    The `current_*` columns are projections of the last known period, for lists and scope; neither rules nor figures read them.
    """

    OF_A_PERSON = True
    SCOPE = ScopePath(school="current_center__school", center="current_center")

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_constraint=False, related_name="students")
    student_no = models.CharField(_("student number"), max_length=15)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_constraint=False, related_name="students", verbose_name=_("person")
    )
    current_state = models.CharField(_("state"), max_length=20, choices=StudentState, editable=False)
    current_center = models.ForeignKey(
        LearningCenter,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="students",
        editable=False,
        verbose_name=_("learning centre"),
    )
    current_programme_version = models.ForeignKey(
        ProgrammeVersion,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="students",
        editable=False,
        verbose_name=_("programme"),
    )
    entry_batch = models.ForeignKey(
        EntryBatch,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="students",
        editable=False,
        verbose_name=_("entry batch"),
    )

    objects = StudentQuerySet.as_manager()

    class Meta:
        verbose_name = _("student")
        verbose_name_plural = _("students")
        constraints = [once_known("institution", "student_no", name="student_no_once")]
        indexes = [
            models.Index(F("institution"), OpClass(F("student_no"), name="text_pattern_ops"), name="student_no_prefix"),
            models.Index(fields=["current_center", "current_state"], name="student_at_center"),
        ]

    def __str__(self) -> str:
        return self.student_no

    def get_current_state_display(self) -> str:  # type: ignore[no-redef]
        """Who is registered ahead is not called active before the batch begins."""
        begin = self.entry_batch.starts_on
        if self.current_state in PeriodState.values and begin > today():
            return gettext("enters on %(day)s") % {"day": begin}
        return str(StudentState(self.current_state).label)


class StudentEntry(Recorded):
    """With what a student entered, as the registry file says it: what a re-imported row is compared with."""

    class Kind(models.TextChoices):
        ADMISSION = "admission", _("new admission")
        TRANSFER_IN = "transfer_in", _("transfer in")

    class Origin(models.TextChoices):
        RECORDED = "recorded", _("recorded here")
        OPENING_BALANCE = "opening_balance", _("carried over from before")

    SCOPE = ScopePath(school="center__school", center="center")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, db_constraint=False, related_name="entries")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ADMISSION)
    origin = models.CharField(_("origin"), max_length=16, choices=Origin, default=Origin.RECORDED)
    entry_date = models.DateField(_("entry date"))
    batch = models.ForeignKey(
        EntryBatch, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("batch")
    )
    center = models.ForeignKey(
        LearningCenter,
        on_delete=models.PROTECT,
        db_constraint=False,
        related_name="+",
        verbose_name=_("learning centre"),
    )
    programme_version = models.ForeignKey(
        ProgrammeVersion, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("programme")
    )
    length = models.DecimalField(_("length"), max_digits=3, decimal_places=1)
    candidate_no = models.CharField(_("candidate number"), max_length=14, blank=True)
    branch_name = models.CharField(_("branch"), max_length=200, blank=True)
    class_name = models.CharField(_("class"), max_length=200, blank=True)
    expected_graduation = models.DateField(_("expected graduation"), null=True, blank=True)
    prior_certificate_no = models.CharField(_("number of the prior certificate"), max_length=20, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [once_known("institution", "student", name="student_entry_once")]

    def __str__(self) -> str:
        return f"{self.student} {self.entry_date}"


class StudentPeriod(Recorded):
    """A stretch `[begin, end)` of a life in one state at one centre in one programme version; it may be empty (`begin = end`).

    Periods are what `enrollment.records.life` makes of the entry and the changes; figures read nothing else. `begun_by` and
    `ended_by` name the change (or the entry) at either side, so that every flow is a count of boundaries (docs/rules.md §6.2).
    """

    class Location(models.TextChoices):
        HOME = "home", _("at home")
        ABROAD = "abroad", _("abroad")

    SCOPE = ScopePath(school="center__school", center="center")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, db_constraint=False, related_name="periods")
    position = models.PositiveSmallIntegerField(_("position"))
    begin = models.DateField(_("from"))
    end = models.DateField(_("until (exclusive)"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PeriodState, editable=False)
    center = models.ForeignKey(LearningCenter, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    programme_version = models.ForeignKey(
        ProgrammeVersion, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    location = models.CharField(_("location"), max_length=6, choices=Location, default=Location.HOME)
    begun_by = models.CharField(_("begun by"), max_length=20)
    ended_by = models.CharField(_("ended by"), max_length=20, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["student", "position"]
        constraints = [
            once_known("institution", "student", "position", name="student_period_position_once"),
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("begin")), name="student_period_end_not_before_begin"
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True, ended_by="") | (Q(end__isnull=False) & ~Q(ended_by="")),
                name="student_period_end_has_a_reason",
            ),
            ExclusionConstraint(
                name="student_is_in_one_period_a_day",
                expressions=[("institution", "="), ("student", "="), (day_range(), RangeOperators.OVERLAPS)],
                condition=Q(superseded_in__isnull=True),
                violation_error_message=_("This overlaps with what is already known for that time."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "center"], name="period_at_center", condition=Q(superseded_in__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.student} {self.get_state_display()} {self.begin}–{self.end or ''}"
