from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.keys import new_public_id
from common.querysets import ScopedQuerySet


class JobQuerySet(ScopedQuerySet):
    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=UNFINISHED)


class Job(models.Model):
    """A piece of background work. The row is the truth; the queue only rings (docs/architecture.md §3).

    `arguments` are keys, never personal values. `key` names the work: while one is unfinished, asking again finds it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    SCOPE = ScopePath()

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(
        "learning_centers.Institution", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    task = models.CharField(_("task"), max_length=100)
    key = models.CharField(_("key"), max_length=200)
    arguments = models.JSONField(_("arguments"), default=dict)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "key"], condition=Q(state__in=["waiting", "running"]), name="job_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(done__lte=models.F("total")) | Q(total=0), name="job_done_within_total"),
        ]
        indexes = [models.Index(fields=["state"], name="job_unfinished", condition=Q(state__in=["waiting", "running"]))]

    def __str__(self) -> str:
        return f"{self.task} {self.key}"


UNFINISHED = (Job.State.WAITING, Job.State.RUNNING)
FINISHED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)
