from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import Fact, RecordAdmin, row_link
from common.admin.filters import choose_row
from common.admin.scoped import recorded
from enrollment.admin.filters import WriteCenter
from enrollment.models import AdmissionPlace, EntryBatch


class WriteCenterOfPlace(WriteCenter):
    path = "center_offering__center"


@admin.register(AdmissionPlace)
class AdmissionPlaceAdmin(RecordAdmin):
    verb_to_view = "enrollment.view_places"
    list_display = ["batch", "center", "programme", "quota", "taken", "free"]
    list_select_related = ["batch", "center_offering__center", "center_offering__programme_version__programme__major"]
    list_filter = [choose_row("batch", _("batch"), "batch", EntryBatch), WriteCenterOfPlace]
    ordering = ["-id"]
    sortable_by = ()

    @admin.display(description=_("learning centre"))
    def center(self, row: Any) -> str:
        return str(row.center_offering.center)

    @admin.display(description=_("programme"))
    def programme(self, row: Any) -> str:
        return str(row.center_offering.programme_version)

    @admin.display(description=_("free"))
    def free(self, row: Any) -> int:
        return row.quota - row.taken

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        offering = row.center_offering
        return {
            "facts": [
                Fact(_("batch"), row.batch),
                row_link(offering.center, _("learning centre")),
                Fact(_("programme"), offering.programme_version),
                *(self.fact(row, name) for name in ("quota", "taken", "remark")),
                recorded(row),
            ],
            "tables": [],
        }


@admin.register(EntryBatch)
class EntryBatchAdmin(RecordAdmin):
    verb_to_view = "enrollment.view_places"
    list_display = ["__str__", "starts_on", "institution"]
    list_select_related = ["institution"]
    ordering = ["institution", "-starts_on"]
    sortable_by = ()
