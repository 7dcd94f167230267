"""Cases: many requests with one approval."""

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import ActingAdmin, Fact, Table, row_link
from common.admin.filters import choose
from enrollment.admin.looking import looks
from enrollment.models import ChangeCase
from enrollment.models.requests import RequestStatus

MOST_SHOWN = 200


@admin.register(ChangeCase)
class ChangeCaseAdmin(ActingAdmin):
    verb_to_view = "enrollment.view_requests"
    list_display = ["kind", "center", "effective_date", "state", "requested_by", "requested_at", "decided_by"]
    list_select_related = ["center", "requested_by", "decided_by"]
    list_filter = [choose("state", gettext_lazy("state"), "status", ChangeCase.State)]
    ordering = ["-id"]
    sortable_by = ()
    record_template = "admin/enrollment/case.html"
    record_select_related = ("institution",)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> str:
        return row.get_status_display()

    def about(self, row: Any) -> list[Fact]:
        return [
            Fact(_("state"), row.get_status_display()),
            Fact(_("kind"), row.get_kind_display()),
            *([row_link(row.center, _("learning centre"))] if row.center else []),
            *(self.fact(row, name) for name in ("effective_date", "reason", "requested_by", "requested_at")),
        ]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        counts = dict(row.requests.order_by().values_list("status").annotate(Count("pk")))
        labels = dict(RequestStatus.choices)
        decided = [self.fact(row, name) for name in ("decision_no", "decided_by", "decided_at")]
        return {
            "facts": [*self.about(row), *(one for one in decided if one.value not in (None, ""))],
            "counts": [(labels[status], counts[status]) for status in labels if counts.get(status)],
            "tables": [self._requests(row), looks(request, row, self.verb_to_view)],
        }

    def _requests(self, row: Any) -> Table:
        """What was refused first: somebody has to look at it."""
        shown = row.requests.select_related("student__person", "new_center").order_by("-refusal", "id")[:MOST_SHOWN]
        rows = [
            [
                row_link(one),
                one.student.person.name,
                one.student.student_no,
                one.new_center,
                one.get_status_display(),
                one.refusal,
            ]
            for one in shown
        ]
        columns = [_("request"), _("student"), _("student number"), _("new learning centre"), _("result"), _("because")]
        return Table(_("Student by student"), columns, rows)
