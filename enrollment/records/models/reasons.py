from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.models import Recorded, once_known
from common.querysets import RecordedQuerySet
from enrollment.records.models.changes import ChangeKind
from enrollment.requests.models.requests import CORRECT
from learning_centers.models import Institution

REASONED_ACTS: dict[str, Any] = {
    "return": _("send an application back"),
    "reject": _("reject an application"),
    "withdraw": _("withdraw an application"),
    "late": _("allow a late arrival"),
    "keep": _("keep a place"),
    "lapse": _("let a place lapse"),
    **{f"change.{kind.value}": kind.label for kind in ChangeKind},
    f"change.{CORRECT}": _("correction"),
}
"""What reasons are chosen for, in words."""


class ReasonSetting(Recorded):
    """A reason that staff choose; what an institution sets beside or instead of the shipped ones (`enrollment.records.reasons`). A
    switched-off reason is no longer offered; where it was given before, its words stay."""

    SCOPE = ScopePath()

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    act = models.CharField(_("act"), max_length=30)
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("Chinese name"), max_length=100, blank=True)
    is_used = models.BooleanField(_("in use"), default=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason to choose")
        verbose_name_plural = _("reasons to choose")
        ordering = ["institution", "act", "id"]
        constraints = [once_known("institution", "act", "code", name="reason_setting_once")]

    def __str__(self) -> str:
        return self.name
