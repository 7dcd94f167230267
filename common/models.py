from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.access import INSTITUTION_ONLY, ScopePath
from common.querysets import RecordedQuerySet, ScopedQuerySet


class Recording(models.Model):
    """One entry of an institution's ledger of knowledge: who wrote what, when and on what evidence (docs/architecture.md §2.2).

    `number` has no gaps and is taken last in the transaction, under the ledger head's lock; `instant` grows with it. So
    "as known at T" means "recordings up to the last one at or before T" and gives the same answer for ever.
    """

    SCOPE = INSTITUTION_ONLY

    institution = models.ForeignKey(
        "learning_centers.Institution",
        on_delete=models.PROTECT,
        related_name="recordings",
        verbose_name=_("institution"),
    )
    number = models.BigIntegerField(_("number"))
    instant = models.DateTimeField(_("recorded at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    actor_name = models.CharField(max_length=320, blank=True, editable=False)
    reason = models.CharField(_("act"), max_length=100)
    source = models.UUIDField(_("source"), null=True, blank=True, help_text=_("Public id of the import batch."))
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="recording_number_once"),
            models.UniqueConstraint(fields=["institution", "instant"], name="recording_instant_once"),
        ]
        indexes = [models.Index(fields=["source"], name="recording_source", condition=Q(source__isnull=False))]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def by(self) -> str:
        return self.actor_name or str(self.actor)


class LedgerHead(models.Model):
    """The last number of an institution's ledger; its row lock puts writers in order."""

    SCOPE = INSTITUTION_ONLY

    institution = models.OneToOneField("learning_centers.Institution", on_delete=models.PROTECT, primary_key=True)
    number = models.BigIntegerField(default=0)
    instant = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()


class Recorded(models.Model):
    """A row that is known from one recording on and, once superseded, no longer: never changed, never deleted.

    Today's knowledge is `superseded_in IS NULL`. `source_row` is the row of the file that the recording's source names.
    """

    recorded_in = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="+", editable=False)
    superseded_in = models.ForeignKey(
        Recording, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    source_row = models.IntegerField(_("row of the file"), null=True, blank=True, editable=False)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True


def once_known(*fields: str, name: str, **options: Any) -> models.UniqueConstraint:
    """Unique among what is known today; superseded rows free their key."""
    return models.UniqueConstraint(fields=fields, name=name, condition=Q(superseded_in__isnull=True), **options)


class AuditEvent(models.Model):
    """Who did what to which record, in the same transaction as the deed. Append-only; holds no personal value."""

    SCOPE = ScopePath(institution="institution")

    institution = models.ForeignKey(
        "learning_centers.Institution", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    actor_name = models.CharField(max_length=320, blank=True, editable=False)
    """As the account was called then, since accounts are renamed; empty in events from before names were kept."""

    verb = models.CharField(_("verb"), max_length=100)
    subject_type = models.CharField(_("kind of record"), max_length=100, blank=True)
    subject_id = models.UUIDField(_("record"), null=True, blank=True)
    recording = models.ForeignKey(
        Recording,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_events",
        verbose_name=_("recording"),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    reference = models.CharField(_("request or job"), max_length=64, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_of_subject"),
            models.Index(fields=["institution", "-id"], name="audit_of_institution"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}"

    @property
    def by(self) -> str:
        """Who it was, under the name of that time."""
        return self.actor_name or str(self.actor or "—")


class AuditSeal(models.Model):
    """A link of the hash chain over the audit events and recordings of one institution (or of none): see `common.sealing`.

    `content` is the digest of all rows that the recording wrote and superseded (`common.contents`). A recording whose rows a
    migration has rewritten gets a further link; links from before `at` was kept have none.
    """

    SCOPE = ScopePath(institution="institution")

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, null=True, related_name="seal")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, null=True, related_name="seals")
    institution = models.ForeignKey(
        "learning_centers.Institution", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    position = models.BigIntegerField()
    at = models.DateTimeField(null=True)
    content = models.BinaryField(max_length=32, null=True)
    digest = models.BinaryField(max_length=32)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "position"], name="audit_seal_position_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(event__isnull=False, recording__isnull=True, content__isnull=True)
                | Q(event__isnull=True, recording__isnull=False, content__isnull=False),
                name="audit_seal_of_event_or_recording",
            ),
        ]


class NumberSeries(models.Model):
    """A gap-free counter: `common.numbering.next_number` locks the row inside the transaction that uses the number."""

    SCOPE = INSTITUTION_ONLY

    institution = models.ForeignKey("learning_centers.Institution", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    last = models.BigIntegerField(default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "name"], name="number_series_once"),
            models.CheckConstraint(condition=Q(last__gte=0), name="number_series_counts_up"),
        ]


class Dated(models.Model):
    """A fact that holds on the days `[begin, end)`; an open side means "since before the records" or "until further notice"."""

    begin = models.DateField(_("from"), null=True, blank=True)
    end = models.DateField(_("until (exclusive)"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(begin__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("begin")),
                name="%(app_label)s_%(class)s_end_not_before_begin",
                violation_error_message=_("The end is before the beginning."),
            )
        ]
