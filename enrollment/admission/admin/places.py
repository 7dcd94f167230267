from typing import Any

from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import ActingAdmin, Fact, Table, row_link
from common.admin.fields import ways_to
from common.admin.filters import choose_row
from common.admin.scoped import recorded
from common.tiles import province_name
from enrollment.admission.admin.planning import BATCH_ACTS, OPEN_BATCH, SET_QUOTA
from enrollment.admission.models.places import AdmissionPlace, EntryBatch
from enrollment.records.admin.filters import WriteCenter
from learning_centers.models import Institution, Major
from learning_centers.models.majors import LevelPath, StudyForm

MOST_SHOWN = 500


class WriteCenterOfPlace(WriteCenter):
    path = "center_offering__center"


@admin.register(AdmissionPlace)
class AdmissionPlaceAdmin(ActingAdmin):
    verb_to_view = "enrollment.view_places"
    list_display = ["batch", "center", "programme", "quota", "taken", "free"]
    list_select_related = ["batch", "center_offering__center", "center_offering__programme_version__programme__major"]
    list_filter = [choose_row("batch", _("batch"), "batch", EntryBatch), WriteCenterOfPlace]
    ordering = ["-id"]
    sortable_by = ()
    acts = (SET_QUOTA,)

    @admin.display(description=_("learning centre"))
    def center(self, row: Any) -> str:
        return str(row.center_offering.center)

    @admin.display(description=_("programme"))
    def programme(self, row: Any) -> str:
        return str(row.center_offering.programme_version)

    @admin.display(description=_("free"))
    def free(self, row: Any) -> int:
        return row.quota - row.taken

    def about(self, row: Any) -> list[Fact]:
        offering = row.center_offering
        return [
            row_link(row.batch, _("batch")),
            row_link(offering.center, _("learning centre")),
            Fact(_("programme"), offering.programme_version),
            *(self.fact(row, name) for name in ("quota", "taken", "remark")),
        ]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"facts": [*self.about(row), recorded(row)], "tables": []}


@admin.register(EntryBatch)
class EntryBatchAdmin(ActingAdmin):
    verb_to_view = "enrollment.view_places"
    list_display = ["__str__", "starts_on", "institution"]
    list_select_related = ["institution"]
    ordering = ["institution", "-starts_on"]
    sortable_by = ()
    acts = BATCH_ACTS

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        ways = ways_to(OPEN_BATCH, Institution.objects.order_by("code"), request.user)
        return super().changelist_view(request, {"list_actions": ways, **(extra_context or {})})

    def about(self, row: Any) -> list[Fact]:
        return [self.fact(row, "institution"), Fact(_("batch"), str(row)), self.fact(row, "starts_on")]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"facts": self.about(row), "tables": [self._windows(row), self._plans(row)]}

    def _windows(self, row: Any) -> Table:
        windows = row.windows.current().select_related("school", "recorded_in").order_by("function", "school")
        rows = [
            [one.get_function_display(), one.school or _("everywhere"), one.begin, one.end, recorded(one)]
            for one in windows
        ]
        columns = [_("function"), _("where"), _("from"), _("until (exclusive)"), _("evidence")]
        return Table(_("When it is open"), columns, rows, _("No days are set: everything is open."))

    def _plans(self, row: Any) -> Table:
        """Provincial plans beside what the centres in the province have; places without a plan stand here, too."""
        course = "center_offering__programme_version__"
        parts = (
            "province",
            f"{course}programme__major",
            f"{course}programme__level_path",
            f"{course}study_form",
        )
        places = AdmissionPlace.objects.current().filter(batch=row).with_province().order_by().values_list(*parts)
        held = {tuple(key): (quota, taken) for *key, quota, taken in places.annotate(Sum("quota"), Sum("taken"))}
        plans = {
            (one.province_code, one.major_id, one.level_path, one.study_form): one
            for one in row.provincial_plans.current()
        }
        keys = sorted(held.keys() | plans.keys())
        majors = Major.objects.in_bulk({key[1] for key in keys})
        rows = []
        for key in keys[:MOST_SHOWN]:
            province, major, path, form = key
            quota, taken = held.get(key, (0, 0))
            plan = plans.get(key)
            rows.append(
                [province_name(province) if province else "—", majors[major], LevelPath(path).label,
                 StudyForm(form).label, plan.quota if plan else "—", quota, taken, plan.source if plan else ""]
            )  # fmt: skip
        columns = [
            _("province"), _("major"), _("level path"), _("study form"), _("provincial plan"),
            _("places of the centres"), _("taken"), _("source"),
        ]  # fmt: skip
        return Table(_("Plans and places by province"), columns, rows, _("No place is planned for this batch."))
