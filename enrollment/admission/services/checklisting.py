"""An institution's own items of the checklist, beside or instead of the shipped ones (`enrollment.admission.checklist`)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.ledger import recording
from enrollment.admission.checklist import Item
from enrollment.admission.models.applications import ChecklistItem
from learning_centers.models import Institution


@transaction.atomic
def set_checklist_item(institution: Institution, item: Item, *, is_used: bool = True, by: Any) -> ChecklistItem:
    """Write an item anew; one of the same code and level path is superseded. What was found for it before stays.

    Right: `enrollment.set_checklist_item`. Raises DomainError `required` without a code, a name or, for a switched-off or
    waived item, the source that says so.
    """
    require(by, "enrollment.set_checklist_item", institution)
    if not (item.code and item.name.strip()) or (not (is_used and item.is_required) and not item.source.strip()):
        raise DomainError(_("Name the item, and the regulation or decision that says so."), code="required")
    with recording(institution, by=by, reason="enrollment.set_checklist_item") as entry:
        same = {"institution": institution, "code": item.code, "level_path": item.level_path}
        ChecklistItem.objects.filter(**same).supersede(entry.id)
        row = ChecklistItem.objects.create(
            **same, name=item.name.strip(), name_zh=item.name_zh.strip(), is_required=item.is_required, is_used=is_used,
            source=item.source.strip(), recorded_in_id=entry.id,
        )  # fmt: skip
        entry.note("enrollment.set_checklist_item", institution, code=item.code)
    return row
