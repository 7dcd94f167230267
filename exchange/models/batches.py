from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.crypto import EncryptedBinaryField, EncryptedTextField, ReservedKey
from common.keys import new_public_id
from common.querysets import ScopedQuerySet


class ImportBatch(models.Model):
    """A file on its way in: received, checked as a whole, then its good rows stored in chunks.

    `content` is the file as it was sent, compressed and sealed; `public_id` is the source of every recording that the batch makes.
    `planned_on` are the heads of the ledgers (institution → number) on which the staged plans rest.
    `today` is the day on which the file is judged. The counts are those of the file; what became of the rows stands in the
    chunks. `kind` is empty until the check has recognised it, where none was named. Without an institution the rows name
    theirs. `center` is where a coordinator handed it in, `partner` the organization for which one of its people did: they see it
    too.
    `needs_second_person`: rows of it take two people on a page, so it stays checked until somebody else, who has seen the rows
    whose digest is `seen_digest`, decides. Taking such a file back takes two people as well.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        REFUSED = "refused", _("refused")
        CHECKED = "checked", _("checked")
        DECLINED = "declined", _("not to be stored")
        COMMITTING = "committing", _("being stored")
        COMMITTED = "committed", _("stored")
        UNDONE = "undone", _("undone")

    MOVES = {
        State.RECEIVED: {State.REFUSED, State.CHECKED},
        State.CHECKED: {State.COMMITTING, State.DECLINED},
        State.COMMITTING: {State.COMMITTED, State.UNDONE},
        State.COMMITTED: {State.UNDONE},
    }
    SCOPE = ScopePath(center="center", partner="partner")

    id = ReservedKey(primary_key=True)
    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(
        "learning_centers.Institution",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    center = models.ForeignKey(
        "learning_centers.LearningCenter",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("learning centre"),
    )
    partner = models.ForeignKey(
        "learning_centers.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("partner"),
    )
    kind = models.CharField(_("kind of file"), max_length=50)
    name = models.CharField(_("file name"), max_length=255)
    content = EncryptedBinaryField(owner="uploaded_by")
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    today = models.DateField(_("judged as on"))
    status = models.CharField(_("state"), max_length=12, choices=State, default=State.RECEIVED, editable=False)
    header_row = models.PositiveIntegerField(null=True)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    planned_on = models.JSONField(null=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    needs_second_person = models.BooleanField(default=False, editable=False)
    seen_digest = models.CharField(max_length=64, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = EncryptedTextField(_("reason"), owner="uploaded_by")
    undo_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("taking back asked for by"),
    )  # fmt: skip
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("taken back by"),
    )  # fmt: skip

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["institution", "-id"], name="import_of_institution")]
        constraints = [
            models.CheckConstraint(
                condition=Q(center__isnull=True) | Q(partner__isnull=True), name="import_is_of_one_place"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("uploaded_by")),
                name="import_is_decided_by_another",
                violation_error_message=_("A second person must decide."),
            ),
            models.CheckConstraint(
                condition=Q(needs_second_person=False)
                | Q(decided_by__isnull=False)
                | Q(status__in=("received", "refused", "checked", "declined")),
                name="guarded_import_is_decided",
                violation_error_message=_("A second person must decide."),
            ),
            models.CheckConstraint(
                condition=Q(undone_by__isnull=True) | Q(undo_asked_by__isnull=True) | ~Q(undone_by=F("undo_asked_by")),
                name="import_is_undone_by_another",
                violation_error_message=_("A second person must decide."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StagedChunk(models.Model):
    """Good rows of a batch, sealed. `done` and the effect of the chunk change in the transaction that stores it.

    `changes` lists (row, columns) of updated rows.
    """

    SCOPE = ScopePath(institution="batch__institution")

    id = ReservedKey(primary_key=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    payload = EncryptedBinaryField(owner="batch")
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=list)
    done = models.BooleanField(default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="staged_chunk_once"),
            models.CheckConstraint(
                condition=Q(rows__gte=F("created") + F("updated") + F("unchanged")),
                name="staged_chunk_counts_its_rows",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.position}"


class ImportIssue(models.Model):
    """A remark on a file, addressed by row and column as a spreadsheet program shows them; the value is sealed."""

    class Severity(models.TextChoices):
        ERROR = "error", _("error")
        WARNING = "warning", _("warning")

    SCOPE = ScopePath(institution="batch__institution")

    id = ReservedKey(primary_key=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField(_("row"), null=True)
    column = models.CharField(_("column"), max_length=50, blank=True)
    code = models.CharField(_("remark"), max_length=50)
    severity = models.CharField(_("severity"), max_length=7, choices=Severity)
    value = EncryptedTextField(_("value"), owner="batch")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["batch", models.F("row").asc(nulls_first=True), "column", "code"]
        indexes = [models.Index(fields=["batch", "row"], name="issue_of_batch")]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"
