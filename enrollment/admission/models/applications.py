import datetime as dt
import re
from functools import reduce
from operator import and_

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import ScopePath
from common.crypto import EncryptedTextField, ReservedKey
from common.keys import new_public_id
from common.models import Recorded, once_known
from common.querysets import RecordedQuerySet, ScopedQuerySet
from common.texts import latin_words
from enrollment.admission.models.places import EntryBatch
from enrollment.records.models.students import Student, StudentEntry
from exchange.types.texts import name_sought
from learning_centers.models import CenterOffering, Institution
from learning_centers.models.majors import LevelPath
from people.models.persons import IdentityType, PoliticalStatus, Sex


class ApplicationStatus(models.TextChoices):
    """Where an application stands (docs/rules.md §§2.3, 2.4): up to the decision, then up to registration."""

    DRAFT = "draft", pgettext_lazy("application", "draft")
    SUBMITTED = "submitted", pgettext_lazy("application", "submitted")
    RETURNED = "returned", pgettext_lazy("application", "returned")
    REJECTED = "rejected", pgettext_lazy("application", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "withdrawn")
    ACCEPTED = "accepted", pgettext_lazy("application", "accepted")
    CHECKED_IN = "checked_in", _("checked in")
    PLACE_KEPT = "place_kept", _("place kept")
    LAPSED = "lapsed", pgettext_lazy("application", "lapsed")
    REGISTERED = "registered", pgettext_lazy("application", "registered")


Status = ApplicationStatus
HOLDING = (Status.ACCEPTED, Status.CHECKED_IN, Status.PLACE_KEPT)
"""States that hold an admission place; a registered one holds it through the student's entry."""

ENDED = (Status.REJECTED, Status.WITHDRAWN, Status.LAPSED)


class ApplicationQuerySet(RecordedQuerySet):
    def waiting(self) -> "ApplicationQuerySet":
        """Submitted, and nobody has decided yet."""
        return self.current().filter(status=Status.SUBMITTED)

    def came_back(self) -> "ApplicationQuerySet":
        return self.current().filter(status=Status.RETURNED)

    def holding_a_place(self) -> "ApplicationQuerySet":
        return self.current().filter(status__in=HOLDING)

    def alive(self) -> "ApplicationQuerySet":
        return self.current().exclude(status__in=ENDED)

    def named_like(self, text: str) -> "ApplicationQuerySet":
        """A part of the name; of a Latin name some of its words, in any order; however it is typed."""
        name = name_sought(text)
        words = re.findall(r"\w+", name) if latin_words(name) else [name]
        held = [Q(name__icontains=word) | Q(latin_name__icontains=word) for word in words]
        return self.filter(reduce(and_, held, Q()))


def _is_still_here(application: str = "") -> Q:
    """A centre sees an application until the student who came of it has moved on; `application` is the path."""
    here = Q(**{f"{application}student__current_center": F(f"{application}center_offering__center")})
    return Q(**{f"{application}student__isnull": True}) | here


class Application(Recorded):
    """A person who asks to be admitted to a centre offering in a batch. The person becomes a `Person` with registration, so
    that what was asked in vain can be erased; numbers and contacts are sealed.

    `version` grows with every write: an editor who has seen an older one is told so. `candidate_no` is the adult entrance
    exam's; the `prior_*` fields describe the diploma that a junior-college graduate enters with. Whoever comes from another
    institution (`entry_kind` is a transfer) says where from in `former_*`; they are students from `transferred_on`.
    `sent_as` names the filled-in form that it began with: what its author sends twice is one application.
    """

    class Prior(models.TextChoices):
        UNVERIFIED = "unverified", _("not verified yet")
        VERIFIED = "verified", _("verified")
        NOT_FOUND = "not_found", _("not found in the registry")

    class PriorMethod(models.TextChoices):
        REGISTRY = "registry", _("online registry report")
        CERTIFICATE = "certificate", _("authentication certificate")
        ARCHIVE = "archive", _("archive of the former school")

    MOVES = {
        Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.SUBMITTED: {Status.RETURNED, Status.ACCEPTED, Status.REJECTED, Status.WITHDRAWN},
        Status.RETURNED: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.ACCEPTED: {Status.CHECKED_IN, Status.PLACE_KEPT, Status.LAPSED, Status.WITHDRAWN},
        Status.PLACE_KEPT: {Status.CHECKED_IN, Status.LAPSED, Status.WITHDRAWN},
        Status.CHECKED_IN: {Status.REGISTERED, Status.REJECTED, Status.WITHDRAWN},
    }
    OF_A_PERSON = True
    SCOPE = ScopePath(
        school="center_offering__center__school",
        center="center_offering__center",
        center_while=_is_still_here(),
    )

    id = ReservedKey(primary_key=True)
    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="applications", verbose_name=_("institution")
    )
    batch = models.ForeignKey(
        EntryBatch, on_delete=models.PROTECT, related_name="applications", verbose_name=_("batch")
    )
    center_offering = models.ForeignKey(
        CenterOffering, on_delete=models.PROTECT, related_name="applications", verbose_name=_("programme")
    )
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    entry_kind = models.CharField(
        _("kind of entry"), max_length=12, choices=StudentEntry.Kind, default=StudentEntry.Kind.ADMISSION
    )
    former_institution = models.CharField(_("former institution"), max_length=100, blank=True)
    former_student_no = models.CharField(_("student number there"), max_length=30, blank=True)
    former_major_code = models.CharField(_("major code there"), max_length=8, blank=True)
    transferred_on = models.DateField(_("day of the transfer"), null=True, blank=True)
    release_no = models.CharField(_("number of the release document"), max_length=60, blank=True)

    name = models.CharField(pgettext_lazy("person", "name"), max_length=100)
    latin_name = models.CharField(_("Latin name"), max_length=100, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    nationality = models.CharField(_("nationality"), max_length=3, default="CHN")
    ethnicity = models.CharField(_("ethnicity"), max_length=2, blank=True)
    political_status = models.CharField(_("political status"), max_length=20, choices=PoliticalStatus, blank=True)
    id_type = models.CharField(
        _("document type"), max_length=20, choices=IdentityType, default=IdentityType.RESIDENT_ID
    )
    id_no = EncryptedTextField(_("document number"))
    id_digest = models.BinaryField(max_length=32, null=True, editable=False)
    phone = EncryptedTextField(_("phone"))
    email = EncryptedTextField(_("e-mail"))
    candidate_no = models.CharField(_("candidate number"), max_length=14, blank=True)
    exam_score = models.DecimalField(_("exam score"), max_digits=5, decimal_places=1, null=True, blank=True)
    class_name = models.CharField(_("class"), max_length=200, blank=True)
    branch_name = models.CharField(_("branch"), max_length=200, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    prior_school = models.CharField(_("school of the prior diploma"), max_length=100, blank=True)
    prior_certificate_no = models.CharField(_("number of the prior certificate"), max_length=20, blank=True)
    prior_graduated_on = models.DateField(_("day of the prior diploma"), null=True, blank=True)
    prior_state = models.CharField(
        _("prior diploma"), max_length=10, choices=Prior, default=Prior.UNVERIFIED, editable=False
    )
    prior_method = models.CharField(_("way of verifying"), max_length=12, choices=PriorMethod, blank=True)
    prior_verified_on = models.DateField(_("verified on"), null=True, blank=True, editable=False)
    prior_verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("entered by"),
    )
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    sent_as = models.UUIDField(null=True, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    notice_no = models.CharField(_("number of the admission notice"), max_length=30, blank=True, editable=False)
    noticed_on = models.DateField(_("admission notice of"), null=True, blank=True, editable=False)
    late_until = models.DateField(_("may arrive until"), null=True, blank=True, editable=False)
    kept_until = models.DateField(_("place kept until"), null=True, blank=True, editable=False)
    checked_in_on = models.DateField(_("checked in on"), null=True, blank=True, editable=False)
    student = models.OneToOneField(
        Student, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="application"
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "batch", "id_digest"],
                name="application_once_a_batch",
                condition=Q(superseded_in__isnull=True) & ~Q(status__in=[*ENDED, Status.DRAFT]),
                violation_error_message=_("This person has another application in the batch."),
            ),
            models.UniqueConstraint(
                fields=["institution", "batch", "candidate_no"],
                name="application_candidate_once",
                condition=Q(superseded_in__isnull=True) & ~Q(candidate_no="") & ~Q(status__in=[*ENDED, Status.DRAFT]),
                violation_error_message=_("This candidate number is in another application of the batch."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.REGISTERED, student__isnull=False)
                | (~Q(status=Status.REGISTERED) & Q(student__isnull=True)),
                name="application_registered_is_a_student",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, *ENDED]) | Q(id_digest__isnull=False),
                name="application_submitted_is_somebody",
                violation_error_message=_("The document number is missing."),
            ),
            models.CheckConstraint(
                condition=~Q(entry_kind=StudentEntry.Kind.TRANSFER_IN)
                | Q(status__in=[Status.DRAFT, Status.RETURNED, *ENDED])
                | (Q(transferred_on__isnull=False) & ~Q(former_institution="")),
                name="application_transfer_says_where_from",
                violation_error_message=_("The former institution or the day of the transfer is missing."),
            ),
            models.UniqueConstraint(fields=["institution", "created_by", "sent_as"], name="application_sent_once"),
            models.UniqueConstraint(
                fields=["institution", "notice_no"], name="admission_notice_once", condition=~Q(notice_no="")
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "batch", "status"], name="application_by_status"),
            models.Index(fields=["center_offering", "status"], name="application_at_center"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def holds_a_place(self) -> bool:
        return self.status in HOLDING

    @property
    def is_transfer(self) -> bool:
        """Comes from another institution."""
        return self.entry_kind == StudentEntry.Kind.TRANSFER_IN

    @property
    def first_day(self) -> dt.date:
        """The first day as a student: of the batch, or of the transfer."""
        return (self.is_transfer and self.transferred_on) or self.batch.starts_on


OF_AN_APPLICATION = ScopePath(
    school="application__center_offering__center__school",
    center="application__center_offering__center",
    center_while=_is_still_here("application__"),
)


class ApplicationStep(models.Model):
    """What was done to an application, by whom and why; append-only. The comment may be personal, so it is sealed."""

    SCOPE = OF_AN_APPLICATION

    id = ReservedKey(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    verb = models.CharField(_("act"), max_length=100)
    status = models.CharField(_("state"), max_length=12, choices=Status)
    reason_code = models.CharField(_("reason"), max_length=40, blank=True)
    comment = EncryptedTextField(_("comment"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of an application")
        verbose_name_plural = _("steps of applications")
        ordering = ["id"]


class ChecklistItem(Recorded):
    """Something that is looked at before an applicant is admitted; what an institution sets beside or instead of the shipped
    items (`enrollment.admission.checklist`). A switched-off item is no longer asked."""

    SCOPE = ScopePath()

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("Chinese name"), max_length=100, blank=True)
    level_path = models.CharField(_("level path"), max_length=10, choices=LevelPath, blank=True)
    is_required = models.BooleanField(_("needed for acceptance"), default=True)
    is_used = models.BooleanField(_("in use"), default=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        ordering = ["institution", "id"]
        constraints = [once_known("institution", "code", "level_path", name="checklist_item_once")]

    def __str__(self) -> str:
        return self.name


class ApplicationCheck(Recorded):
    """What was found for one item of the checklist; a new finding supersedes."""

    class Result(models.TextChoices):
        GOOD = "good", _("in order")
        MISSING = "missing", pgettext_lazy("document", "missing")
        WRONG = "wrong", pgettext_lazy("document", "wrong")
        WAIVED = "waived", _("waived")

    SCOPE = OF_AN_APPLICATION

    id = ReservedKey(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="checks")
    item = models.SlugField(_("item"), max_length=40)
    result = models.CharField(_("finding"), max_length=8, choices=Result)
    remark = EncryptedTextField(_("remark"))

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [once_known("institution", "application", "item", name="application_check_once")]
