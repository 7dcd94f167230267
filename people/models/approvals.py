from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import ScopePath
from common.keys import new_public_id
from common.querysets import ScopedQuerySet
from common.rules import RULES
from learning_centers.models import Institution

DECIDED = ["approved", "refused"]


class ApprovalRequest(models.Model):
    """What one user alone may not do: it is asked for by one and takes effect when another approves it (docs/rules.md §8).

    `terms` are carried out as they were asked for; `before` is what held at that time. `key` names what is concerned: of two
    that wait for the same, the later one takes the place of the earlier. Nothing of it is changed after the decision.
    """

    class Kind(models.TextChoices):
        SET_RULE = "set_rule", _("change of a rule that guards")
        DROP_RULE = "drop_rule", _("dropping of a rule that guards")
        NEW_ACCOUNT = "new_account", _("new account")
        ROLE = "role", _("role for an account")
        PASSWORD = "password", _("new password for an account")
        REACTIVATION = "reactivation", _("opening of a closed account")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a second person")
        APPROVED = "approved", pgettext_lazy("approval", "approved")
        REFUSED = "refused", pgettext_lazy("approval", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("approval", "withdrawn")
        SUPERSEDED = "superseded", pgettext_lazy("approval", "asked for anew")

    MOVES = {State.WAITING: {State.APPROVED, State.REFUSED, State.WITHDRAWN, State.SUPERSEDED}}
    SCOPE = ScopePath()

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    key = models.CharField(max_length=300)
    user: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("account"),
    )  # fmt: skip
    terms: Any = models.JSONField(default=dict)
    before: Any = models.JSONField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    status = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for approval")
        verbose_name_plural = _("requests for approval")
        ordering = ["-id"]
        indexes = [models.Index(fields=["institution", "-id"], name="approval_of_institution")]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "key"], name="approval_waits_once", condition=Q(status="waiting")
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("user")),
                name="approval_is_asked_for_another",
                violation_error_message=_("Nobody asks for rights of their own."),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("asked_by")) & (Q(user__isnull=True) | ~Q(decided_by=F("user")))),
                name="approval_is_decided_by_another",
                violation_error_message=_("A second person must decide."),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=False, status__in=DECIDED)
                | (Q(decided_by__isnull=True) & ~Q(status__in=DECIDED)),
                name="approval_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"

    @property
    def subject(self) -> str:
        """The rule or the account that is concerned."""
        if name := self.terms.get("name"):
            return str(RULES[name].label) if name in RULES else name
        return self.user.username if self.user else self.terms.get("username", "")
