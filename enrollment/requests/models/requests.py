from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import ScopePath
from common.crypto import EncryptedTextField, ReservedKey
from common.keys import new_public_id
from common.querysets import ScopedQuerySet
from common.wording import labelled
from enrollment.records.models.changes import ChangeKind, StudentChange
from enrollment.records.models.students import Student
from learning_centers.models import Institution, LearningCenter, ProgrammeVersion

CORRECT, REVERSE = "correct", "reverse"
REQUEST_KINDS = [*ChangeKind.choices, (CORRECT, _("correction")), (REVERSE, _("taking a document back"))]
"""What can be asked for: the changes of docs/rules.md §2.4, correction (勘误) of what is known, and reversal of a document."""


FACT_NAMES = {
    "name": pgettext_lazy("person", "name"),
    "latin_name": _("Latin name"),
    "sex": _("sex"),
    "birth_date": _("birth date"),
    "nationality": _("nationality"),
    "ethnicity": _("ethnicity"),
    "political_status": _("political status"),
    "id_no": _("number of the identity document"),
    "entry_date": _("entry date"),
    "major": _("major"),
    "level_path": _("level path"),
    "study_form": _("study form"),
    "length": _("length"),
    "candidate_no": _("candidate number"),
    "prior_certificate_no": _("number of the prior certificate"),
}
"""What a correction may amend (`enrollment.records.services.facts` knows how)."""


class ChangeCase(models.Model):
    """Many requests decided as one: a closing centre moves its students, or a list of students gets the same change.

    The requests of a case have no decision of their own; each keeps its own result.
    """

    class Kind(models.TextChoices):
        CLOSE_CENTER = "close_center", _("closing of a learning centre")
        SAME_CHANGE = "same_change", _("the same change for many")

    class State(models.TextChoices):
        SUBMITTED = "submitted", pgettext_lazy("case", "waits for a second person")
        APPROVED = "approved", pgettext_lazy("case", "being carried out")
        DONE = "done", pgettext_lazy("case", "carried out")
        REJECTED = "rejected", pgettext_lazy("case", "rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("case", "withdrawn")

    MOVES = {
        State.SUBMITTED: {State.APPROVED, State.REJECTED, State.WITHDRAWN},
        State.APPROVED: {State.DONE},
    }
    SCOPE = ScopePath(school="center__school", center="center")

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    status = models.CharField(_("state"), max_length=10, choices=State, default=State.SUBMITTED, editable=False)
    center = models.ForeignKey(
        LearningCenter,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("learning centre"),
    )
    effective_date = models.DateField(_("effective date"))
    decision_no = models.CharField(_("decision number"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    requested_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")) | Q(status="withdrawn"),
                name="case_is_decided_by_another",
                violation_error_message=_("A second person must decide."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.effective_date}"


class RequestStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("request", "draft")
    SUBMITTED = "submitted", pgettext_lazy("request", "submitted")
    RETURNED = "returned", pgettext_lazy("request", "returned")
    APPROVED = "approved", pgettext_lazy("request", "approved")
    REJECTED = "rejected", pgettext_lazy("request", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")
    REFUSED = "refused", pgettext_lazy("request", "not possible")


ALIVE = (RequestStatus.DRAFT, RequestStatus.SUBMITTED, RequestStatus.RETURNED)
"""States of a request that nobody has decided yet."""

HANDED_IN = (RequestStatus.SUBMITTED, RequestStatus.RETURNED)
"""In these a transfer concerns both its centres, wherever the student is by now."""


def _concerns_the_center(request: str = "") -> Q:
    """What is asked about a student of the centre, and a transfer that is handed in or still to come; `request` is the path."""
    its_own = Q(**{f"{request}student__current_center": F(f"{request}parties__center")})
    under_way = Q(**{f"{request}status__in": HANDED_IN})
    to_come = Q(**{f"{request}status": RequestStatus.APPROVED, f"{request}effective_date__gt": Now()})
    # midnight comes earlier to the institution than to the database's clock
    to_come &= ~Q(**{f"{request}student__current_center": F(f"{request}new_center")})
    return its_own | Q(**{f"{request}kind": ChangeKind.CHANGE_CENTER}) & (under_way | to_come)


class ChangeRequestQuerySet(ScopedQuerySet):
    def waiting(self) -> "ChangeRequestQuerySet":
        return self.filter(status=RequestStatus.SUBMITTED)

    def came_back(self) -> "ChangeRequestQuerySet":
        return self.filter(status=RequestStatus.RETURNED)

    def awaiting_consent(self) -> "ChangeRequestQuerySet":
        """A centre has yet to say whether it agrees."""
        asked = RequestParty.objects.filter(consent=RequestParty.Consent.WAITING).values("request")
        return self.waiting().filter(pk__in=asked)

    def ready_to_decide(self) -> "ChangeRequestQuerySet":
        """Both sides have spoken: it waits for the registrar (requests of a case wait with their case)."""
        asked = RequestParty.objects.filter(consent=RequestParty.Consent.WAITING).values("request")
        return self.waiting().filter(case__isnull=True).exclude(pk__in=asked)


class ChangeRequest(models.Model):
    """A change or a correction that somebody asks for, on its way to a decision by somebody else (four eyes).

    An approved request has led to `document` (for a correction: to a new reading of the facts). `fact` names what a
    correction amends; both values are sealed. `reverses` is what a reversal takes back. `refusal` is the code of the guard
    that stopped a request of a case. `version` grows with every write: an editor who has seen an older one is told so.
    """

    Status = RequestStatus
    MOVES = {
        Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.SUBMITTED: {Status.RETURNED, Status.APPROVED, Status.REJECTED, Status.WITHDRAWN, Status.REFUSED},
        Status.RETURNED: {Status.SUBMITTED, Status.WITHDRAWN},
    }
    OF_A_PERSON = True
    SCOPE = ScopePath(
        school="parties__center__school",
        center="parties__center",
        many=True,
        center_while=_concerns_the_center(),
    )

    id = ReservedKey(primary_key=True)
    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="requests", verbose_name=_("student"))
    case = models.ForeignKey(
        ChangeCase, on_delete=models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("case")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=REQUEST_KINDS)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    effective_date = models.DateField(_("effective date"), null=True, blank=True)
    new_center = models.ForeignKey(
        LearningCenter, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("new learning centre"),
    )  # fmt: skip
    new_programme_version = models.ForeignKey(
        ProgrammeVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("new programme"),
    )
    fact = models.CharField(_("fact"), max_length=30, blank=True)
    old_value = EncryptedTextField(_("before"))
    new_value = EncryptedTextField(_("after"))
    provincial_approval_no = models.CharField(_("number of the provincial approval"), max_length=200, blank=True)
    reverses = models.ForeignKey(
        StudentChange, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("document to be taken back"),
    )  # fmt: skip
    reason_code = models.CharField(_("reason"), max_length=40, blank=True)
    reason = EncryptedTextField(_("explanation"))
    applicant = models.CharField(_("applicant"), max_length=100, blank=True)
    decision_no = models.CharField(_("decision number"), max_length=200, blank=True)
    decision_date = models.DateField(_("decision date"), null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("asked by")
    )
    requested_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    document = models.ForeignKey(
        StudentChange, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    refusal = models.CharField(_("not possible because"), max_length=50, blank=True, editable=False)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")) | Q(status="withdrawn"),
                name="request_is_decided_by_another",
                violation_error_message=_("A second person must decide."),
            ),
            models.CheckConstraint(
                condition=Q(kind=CORRECT, effective_date__isnull=True) & ~Q(fact="")
                | ~Q(kind=CORRECT) & Q(effective_date__isnull=False, fact=""),
                name="request_is_a_change_or_a_correction",
            ),
            models.CheckConstraint(
                condition=Q(kind=REVERSE, reverses__isnull=False) | ~Q(kind=REVERSE) & Q(reverses__isnull=True),
                name="request_takes_back_a_document",
            ),
            models.UniqueConstraint(
                fields=["institution", "student", "kind", "fact", "effective_date"],
                name="request_once_alive",
                condition=Q(status__in=["draft", "submitted", "returned"]),
                nulls_distinct=False,
                violation_error_message=_("The same is already asked for."),
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "status", "-id"], name="request_by_status"),
            models.Index(fields=["student", "-id"], name="request_of_student"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.effective_date or FACT_NAMES.get(self.fact, self.fact)}"

    @property
    def about(self) -> str:
        """The kind, and what a correction amends."""
        kind = str(self.get_kind_display())
        return labelled(kind, FACT_NAMES.get(self.fact, self.fact)) if self.fact else kind


class RequestParty(models.Model):
    """A centre that a request concerns, and whether it agrees. A transfer has two sides; the registrar may waive the word of a
    side that never saw the student."""

    class Side(models.TextChoices):
        SOURCE = "source", _("present centre")
        TARGET = "target", _("new centre")

    class Consent(models.TextChoices):
        NOT_NEEDED = "not_needed", _("not needed")
        WAITING = "waiting", _("not yet given")
        GIVEN = "given", _("agreed")
        REFUSED = "refused", _("does not agree")
        WAIVED = "waived", _("waived")

    SCOPE = ScopePath(school="center__school", center="center")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="parties")
    center = models.ForeignKey(
        LearningCenter, on_delete=models.PROTECT, related_name="+", verbose_name=_("learning centre")
    )
    side = models.CharField(_("side"), max_length=6, choices=Side)
    consent = models.CharField(_("consent"), max_length=10, choices=Consent, default=Consent.NOT_NEEDED, editable=False)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    said_at = models.DateTimeField(_("at"), null=True, blank=True)
    comment = models.CharField(_("comment"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("side of a request")
        verbose_name_plural = _("sides of requests")
        ordering = ["request", "side"]
        constraints = [models.UniqueConstraint(fields=["institution", "request", "side"], name="request_party_once")]
        indexes = [models.Index(fields=["center", "consent"], name="party_at_center")]


class RequestStep(models.Model):
    """What was done to a request, by whom and why; append-only. The comment may be personal, so it is sealed."""

    SCOPE = ScopePath(
        school="request__parties__center__school",
        center="request__parties__center",
        many=True,
        center_while=_concerns_the_center("request__"),
    )

    id = ReservedKey(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    verb = models.CharField(_("act"), max_length=100)
    status = models.CharField(_("state"), max_length=10, choices=RequestStatus)
    reason_code = models.CharField(_("reason"), max_length=40, blank=True)
    comment = EncryptedTextField(_("comment"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")
        ordering = ["id"]
