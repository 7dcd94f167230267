"""What a student has to renew or prove while enrolled, and the lists of those whom somebody must decide about."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import ScopePath
from common.crypto import EncryptedTextField, ReservedKey
from common.keys import new_public_id
from common.models import Recorded, once_known
from common.querysets import RecordedQuerySet, ScopedQuerySet
from enrollment.admission.models.applications import Application
from enrollment.records.models.students import Student
from enrollment.requests.models.requests import ChangeRequest
from learning_centers.models import Institution, LearningCenter


class YearlyRegistration(Recorded):
    """A student's registration for a school year (1 September to 31 August, named by its first year)."""

    SCOPE = ScopePath(school="center__school", center="center")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="yearly_registrations")
    center = models.ForeignKey(LearningCenter, on_delete=models.PROTECT, related_name="+")
    school_year = models.PositiveSmallIntegerField(_("school year"))
    registered_on = models.DateField(_("registered on"))

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("yearly registration")
        verbose_name_plural = _("yearly registrations")
        ordering = ["student", "-school_year"]
        constraints = [once_known("institution", "student", "school_year", name="yearly_registration_once")]
        indexes = [models.Index(fields=["institution", "school_year"], name="registration_of_year")]


class EntitlementCheck(Recorded):
    """The re-check whether a student was entitled to enter, due within three months of entry (docs/rules.md §2.3)."""

    class Result(models.TextChoices):
        PENDING = "pending", _("due")
        PASSED = "passed", pgettext_lazy("entitlement", "entitled")
        FAILED = "failed", pgettext_lazy("entitlement", "not entitled")

    SCOPE = ScopePath(school="student__current_center__school", center="student__current_center")

    id = ReservedKey(primary_key=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="entitlement_checks")
    due_on = models.DateField(_("due on"))
    result = models.CharField(_("finding"), max_length=8, choices=Result, default=Result.PENDING)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    findings = EncryptedTextField(_("findings"))

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("re-check of entitlement")
        verbose_name_plural = _("re-checks of entitlement")
        ordering = ["due_on"]
        constraints = [once_known("institution", "student", name="entitlement_check_once")]
        indexes = [models.Index(fields=["institution", "result", "due_on"], name="entitlement_due")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.due_on}"


class WatchItem(models.Model):
    """Somebody on a list that a job computes and people decide: a case is opened, noticed, decided or set aside, never
    settled by the clock. A case whose cause is gone is closed by the next computation."""

    class List(models.TextChoices):
        OVER_MAX = "over_max", _("over the maximum length")
        SUSPENDED_TOO_LONG = "suspended_too_long", _("suspended too long")
        NEVER_REPORTED = "never_reported", _("never reported")
        PLACE_KEPT_TOO_LONG = "place_kept_too_long", _("place kept too long")
        ENTITLEMENT_DUE = "entitlement_due", _("re-check of entitlement overdue")
        NOT_REGISTERED = "not_registered", _("not registered this school year")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("watch", "to be decided")
        NOTICED = "noticed", pgettext_lazy("watch", "public notice")
        REQUESTED = "requested", pgettext_lazy("watch", "decision asked for")
        SET_ASIDE = "set_aside", pgettext_lazy("watch", "set aside")
        CLOSED = "closed", pgettext_lazy("watch", "closed")

    MOVES = {
        State.OPEN: {State.NOTICED, State.REQUESTED, State.SET_ASIDE, State.CLOSED},
        State.NOTICED: {State.REQUESTED, State.SET_ASIDE, State.CLOSED},
        State.REQUESTED: {State.OPEN, State.CLOSED},
        State.SET_ASIDE: {State.OPEN, State.CLOSED},
    }
    SCOPE = ScopePath(school="center__school", center="center")

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    list = models.CharField(_("list"), max_length=20, choices=List)
    center = models.ForeignKey(
        LearningCenter, on_delete=models.PROTECT, related_name="+", verbose_name=_("learning centre")
    )
    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, null=True, blank=True, related_name="watch_items", verbose_name=_("student")
    )
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, null=True, blank=True, related_name="watch_items",
        verbose_name=_("application"),
    )  # fmt: skip
    status = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN, editable=False)
    since = models.DateField(_("since"), help_text=_("The day on which the limit was passed."))
    found_on = models.DateField(_("found on"))
    facts: Any = models.JSONField(default=dict, blank=True)
    notice_begin = models.DateField(_("public notice from"), null=True, blank=True)
    notice_end = models.DateField(_("public notice until (exclusive)"), null=True, blank=True)
    aside_until = models.DateField(_("set aside until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    request = models.ForeignKey(
        ChangeRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="watch_items"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("watched case")
        verbose_name_plural = _("watched cases")
        ordering = ["list", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "list", "student", "application"],
                name="watched_once",
                condition=~Q(status="closed"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(student__isnull=False, application__isnull=True)
                | Q(student__isnull=True, application__isnull=False),
                name="watched_is_one_person",
            ),
        ]
        indexes = [models.Index(fields=["institution", "list", "status"], name="watched_by_list")]

    def __str__(self) -> str:
        return f"{self.get_list_display()} {self.since}"
