from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.crypto import EncryptedTextField, ReservedKey
from common.keys import new_public_id
from common.models import Recorded
from common.querysets import RecordedQuerySet
from enrollment.records.models.students import Student
from learning_centers.models import Institution, LearningCenter, ProgrammeVersion


class ChangeKind(models.TextChoices):
    """Kinds of change documents (docs/rules.md §2.4)."""

    SUSPEND = "suspend", _("suspension")
    RESUME = "resume", _("resumption")
    CHANGE_MAJOR = "change_major", _("change of major")
    CHANGE_CENTER = "change_center", _("change of learning centre")
    CHANGE_FORM = "change_form", _("change of study form")
    REPEAT_YEAR = "repeat_year", _("repeating a year")
    GRADUATE = "graduate", _("graduation")
    COMPLETE = "complete", _("completion")
    INCOMPLETE = "incomplete", _("leaving with a record of incomplete study")
    WITHDRAW = "withdraw", _("withdrawal")
    EXPEL = "expel", _("expulsion")
    TRANSFER_OUT = "transfer_out", _("transfer out")
    DECEASED = "deceased", _("death")
    CANCEL = "cancel", _("cancellation of registration")
    REINSTATE = "reinstate", _("reinstatement")


class StudentChangeQuerySet(RecordedQuerySet):
    def in_force(self) -> "StudentChangeQuerySet":
        """Known today and not taken back by another document: what a life is made of."""
        return self.current().filter(in_force=True)


class StudentChange(Recorded):
    """A document that changes a student's life from `effective_date` on. Superseded rows are earlier readings of it.

    `old_value` and `new_value` are what the document says (a code, by kind); the resolved targets stand beside them.
    A document is taken back by another one (`reverses`): then neither is in force, and both stay. The reason may tell of
    health, so it is sealed (docs/rules.md §8).
    """

    class Origin(models.TextChoices):
        AUTHORITY = "authority", _("decided by an authority (file)")
        STAFF = "staff", _("decided here")
        OPENING_BALANCE = "opening_balance", _("carried over from before")

    SCOPE = ScopePath(school="student__current_center__school", center="student__current_center")

    id = ReservedKey(primary_key=True)
    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, db_constraint=False, related_name="changes")
    kind = models.CharField(_("kind"), max_length=15, choices=ChangeKind)
    effective_date = models.DateField(_("effective date"))
    origin = models.CharField(_("origin"), max_length=16, choices=Origin, default=Origin.AUTHORITY)
    decision_no = models.CharField(_("decision number"), max_length=200, blank=True)
    decision_date = models.DateField(_("decision date"), null=True, blank=True)
    old_value = models.CharField(_("before"), max_length=200, blank=True)
    new_value = models.CharField(_("after"), max_length=200, blank=True)
    new_center = models.ForeignKey(
        LearningCenter,
        on_delete=models.PROTECT,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("new learning centre"),
    )
    new_programme_version = models.ForeignKey(
        ProgrammeVersion,
        on_delete=models.PROTECT,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("new programme"),
    )
    reason = EncryptedTextField(_("reason"))
    applicant = models.CharField(_("applicant"), max_length=100, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    in_force = models.BooleanField(_("in force"), default=True)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    case = models.UUIDField(_("case"), null=True, blank=True)

    objects = StudentChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["student", "effective_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "student", "effective_date"],
                name="student_change_once_a_day",
                condition=Q(superseded_in__isnull=True, in_force=True),
                violation_error_message=_("Another change is dated on the same day."),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["expel", "cancel"]) | ~Q(decision_no=""),
                name="student_change_has_its_decision",
                violation_error_message=_("Expulsion and cancellation need a decision number."),
            ),
        ]
        indexes = [models.Index(fields=["institution", "effective_date"], name="change_by_day")]

    @property
    def name(self) -> str:
        """The document that takes another one back says so: it is no second change of the kind."""
        kind = self.get_kind_display()
        return gettext("%(kind)s, taken back by this") % {"kind": kind} if self.reverses_id else kind

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.effective_date}"
