"""An institution's own reasons to choose from, beside or instead of the shipped ones (`enrollment.records.reasons`)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.ledger import recording
from enrollment.records.models.reasons import REASONED_ACTS, ReasonSetting
from enrollment.records.reasons import Reason, shipped_reasons
from learning_centers.models import Institution


@transaction.atomic
def set_reason(institution: Institution, reason: Reason, *, by: Any) -> ReasonSetting:
    """Write a reason anew; one of the same act and code is superseded. Where it was given before it keeps its code.

    Right: `enrollment.set_reason`. Raises DomainError `value_not_possible` for an unknown act, `required` without a code, a
    name or, for a reason that is switched off, the source that says so, `reason_is_fixed` for one that a list needs.
    """
    require(by, "enrollment.set_reason", institution)
    if reason.act not in REASONED_ACTS:
        raise DomainError(_("Nothing is done for which this would be a reason."), code="value_not_possible")
    if not (reason.code and reason.name.strip()) or not (reason.is_used or reason.source.strip()):
        raise DomainError(_("Name the reason, and the regulation or decision that says so."), code="required")
    shipped = shipped_reasons().get((reason.act, reason.code))
    if shipped and shipped.is_fixed and not reason.is_used:
        raise DomainError(_("A computed list needs this reason; it cannot be switched off."), code="reason_is_fixed")
    with recording(institution, by=by, reason="enrollment.set_reason") as entry:
        same = {"institution": institution, "act": reason.act, "code": reason.code}
        ReasonSetting.objects.filter(**same).supersede(entry.id)
        row = ReasonSetting.objects.create(
            **same, name=reason.name.strip(), name_zh=reason.name_zh.strip(), is_used=reason.is_used,
            source=reason.source.strip(), recorded_in_id=entry.id,
        )  # fmt: skip
        entry.note("enrollment.set_reason", institution, act=reason.act, code=reason.code)
    return row
