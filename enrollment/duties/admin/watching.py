"""Lists that a job computes and people decide, and the re-checks of entitlement."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import ActingAdmin, Fact, row_link
from common.admin.filters import choose
from common.admin.scoped import recorded
from enrollment.duties.admin.duties import ALL_ENTITLED, RECORD_ENTITLEMENT
from enrollment.duties.admin.watch_acts import MANY_WATCH_ACTS, WATCH_ACTS
from enrollment.duties.models.duties import EntitlementCheck, WatchItem
from enrollment.duties.reports.waiting import not_entitled
from enrollment.records.admin.filters import WriteCenter


class WriteCenterOfItem(WriteCenter):
    path = "center"


class WriteCenterOfCheck(WriteCenter):
    path = "student__current_center"


FACTS = {
    "max_years": gettext_lazy("maximum length"),
    "suspended_since": gettext_lazy("suspended since"),
    "due_on": gettext_lazy("due on"),
    "school_year": gettext_lazy("school year"),
}
"""What a list knows of somebody, in words."""


@admin.register(WatchItem)
class WatchItemAdmin(ActingAdmin):
    verb_to_view = "enrollment.view_students"
    list_display = ["list", "who", "center", "since", "state", "notice_end", "aside_until"]
    list_select_related = ["student__person", "application", "center"]
    list_filter = [
        choose("list", gettext_lazy("list"), "list", WatchItem.List),
        choose("state", gettext_lazy("state"), "status", WatchItem.State),
        WriteCenterOfItem,
    ]
    ordering = ["-id"]
    sortable_by = ()
    list_per_page = 100
    record_select_related = ("institution", "decided_by", "request")
    acts = WATCH_ACTS
    many_acts = MANY_WATCH_ACTS

    @admin.display(description=gettext_lazy("who"))
    def who(self, row: Any) -> str:
        return f"{row.student.person.name} · {row.student.student_no}" if row.student else row.application.name

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> str:
        return row.get_status_display()

    def heading(self, row: Any) -> str:
        return f"{row.get_list_display()} · {self.who(row)}"

    def about(self, row: Any) -> list[Fact]:
        return [
            Fact(_("list"), row.get_list_display()),
            Fact(_("state"), row.get_status_display()),
            row_link(row.student or row.application, _("who")),
            row_link(row.center, _("learning centre")),
            *(self.fact(row, name) for name in ("since", "found_on")),
            *(Fact(FACTS.get(name, name), value) for name, value in row.facts.items()),
        ]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        names = ("notice_begin", "notice_end", "aside_until", "reason", "decided_by")
        said = [one for one in (self.fact(row, name) for name in names) if one.value not in (None, "")]
        if row.request:
            said.append(row_link(row.request, _("request")))
        return {"facts": [*self.about(row), *said], "tables": []}


@admin.register(EntitlementCheck)
class EntitlementCheckAdmin(ActingAdmin):
    verb_to_view = "enrollment.view_students"
    list_display = ["student_no", "name", "due_on", "result", "checked_on"]
    list_select_related = ["student__person"]
    list_filter = [choose("result", gettext_lazy("finding"), "result", EntitlementCheck.Result), WriteCenterOfCheck]
    ordering = ["due_on", "id"]
    sortable_by = ()
    list_per_page = 100
    acts = (RECORD_ENTITLEMENT,)
    many_acts = (ALL_ENTITLED,)
    record_select_related = ("institution", "student__institution")

    @admin.display(description=gettext_lazy("student number"))
    def student_no(self, row: Any) -> str:
        return row.student.student_no

    @admin.display(description=gettext_lazy("student"))
    def name(self, row: Any) -> str:
        return row.student.person.name

    def heading(self, row: Any) -> str:
        return f"{row._meta.verbose_name} · {row.student.person.name}"

    def about(self, row: Any) -> list[Fact]:
        return [row_link(row.student, _("student")), self.fact(row, "due_on")]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = [self.fact(row, name) for name in ("result", "checked_on", "findings")]
        return {"facts": [*self.about(row), *found, *_to_cancel(row, request.user), recorded(row)], "tables": []}


def _to_cancel(check: EntitlementCheck, user: Any) -> list[Fact]:
    """Where a failed re-check leads: a person asks for the cancellation, nothing does by itself."""
    if check.pk not in not_entitled(user).values_list("pk", flat=True):
        return []
    url = f"{reverse('admin:enrollment_student_many_ask')}?row={check.student.public_id}"
    return [Fact(_("next step"), _("ask for the cancellation"), url)]
