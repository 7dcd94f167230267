from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.access import Own
from common.keys import new_public_id
from common.querysets import ScopedQuerySet
from learning_centers.models import Institution
from people.models.users import User


class NoticeQuerySet(ScopedQuerySet):
    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)

    def to_be_mailed(self) -> "NoticeQuerySet":
        return self.filter(mailed_at__isnull=True, read_at__isnull=True).exclude(user__email="")


class Notice(models.Model):
    """Tells one user that something waits for them or came back. `kind` names the sentence, `terms` fill it; neither holds a
    person's name or number, since notices are mailed."""

    SCOPE = Own("user")

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices", verbose_name=_("for"))
    kind = models.CharField(_("kind"), max_length=60)
    terms: Any = models.JSONField(default=dict, blank=True)
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["id"], name="notice_to_mail", condition=Q(mailed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.kind
