"""Cases: many requests with one approval."""

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Act, ActingAdmin, Fact, Table, row_link
from common.admin.filters import choose
from common.showing import show_rows
from enrollment.records.admin.looking import looks
from enrollment.records.services.change_refusals import SENTENCES
from enrollment.requests.admin.case_acts import CASE_ACTS
from enrollment.requests.models.requests import ChangeCase, RequestStatus
from enrollment.requests.services.cases import TASK
from exchange.models import Job
from learning_centers.models.institutions import local
from learning_centers.reports.filings import Caution

MOST_SHOWN = 200
REFUSALS = SENTENCES | {"already_asked": gettext_lazy("The same is already asked for.")}


@admin.register(ChangeCase)
class ChangeCaseAdmin(ActingAdmin):
    verb_to_view = "enrollment.view_requests"
    list_display = ["kind", "center", "effective_date", "state", "requested_by", "requested_at", "decided_by"]
    list_select_related = ["center", "requested_by", "decided_by"]
    list_filter = [choose("state", gettext_lazy("state"), "status", ChangeCase.State)]
    ordering = ["-id"]
    sortable_by = ()
    record_template = "admin/enrollment/case.html"
    acts = CASE_ACTS
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

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.progress)
        return [path("<uuid:public_id>/progress/", view, name="enrollment_changecase_progress"), *super().get_urls()]

    def progress(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """The part of the page that the browser asks for again while the job works."""
        row = self.row_or_404(request, str(public_id))
        response = self.page(request, "admin/enrollment/case_progress.html", "", row=row, job=self._job(row))
        if row.status != ChangeCase.State.APPROVED:
            response["HX-Refresh"] = "true"
        return response

    def _job(self, row: Any) -> Job | None:
        return (
            Job.objects.filter(institution=row.institution_id, task=TASK, key=f"case-{row.pk}").order_by("-id").first()
        )

    def may(self, request: HttpRequest, act: Act, row: Any) -> bool:
        """Whoever asked is not offered the decision, and nobody else the withdrawal."""
        asked = row.requested_by_id == request.user.pk
        return asked == (act.name == "withdraw") and super().may(request, act, row)

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        counts = dict(row.requests.order_by().values_list("status").annotate(Count("pk")))
        url = f"{reverse('admin:enrollment_changerequest_changelist')}?case={row.public_id}&state="
        decided = [self.fact(row, name) for name in ("decision_no", "decided_by", "decided_at")]
        own = row.requested_by_id == request.user.pk and row.status == ChangeCase.State.SUBMITTED
        told = _("You asked for this yourself, so a second person must decide.")
        under_way = row.status == ChangeCase.State.APPROVED
        return {
            "facts": [*self.about(row), *(one for one in decided if one.value not in (None, ""))],
            "warnings": [Caution("", told)] if own else [],
            "under_way": under_way,
            "job": self._job(row) if under_way else None,
            "counts": [(label, counts[one], url + one) for one, label in RequestStatus.choices if counts.get(one)],
            "tables": [self._targets(row), self._requests(request, row), looks(request, row, self.verb_to_view)],
        }

    def _targets(self, row: Any) -> Table:
        found = (
            row.requests.order_by()
            .values_list("new_center__code", "new_center__name", "new_center__name_en", "refusal")
            .annotate(Count("pk"))
            .order_by("new_center__code", "refusal")
        )
        rows = [
            [f"{code} {local(name, name_en)}" if code else "—", str(why(refusal)) if refusal else "", count]
            for code, name, name_en, refusal, count in found
        ]
        return Table(_("Where they go"), [_("new learning centre"), _("not possible because"), _("students")], rows)

    def _requests(self, request: HttpRequest, row: Any) -> Table:
        """What was refused first: somebody has to look at it."""
        shown = row.requests.select_related("student__person", "new_center").order_by("-refusal", "id")[:MOST_SHOWN]
        show_rows(request, shown.model, shown)
        rows = [
            [
                row_link(one.student),
                one.student.person.name,
                one.new_center,
                Fact("", one.get_status_display(), row_link(one).url),
                str(why(one.refusal)) if one.refusal else "",
            ]
            for one in shown
        ]
        columns = [_("student"), _("name"), _("new learning centre"), _("result"), _("because")]
        return Table(_("Student by student"), columns, rows)


def why(code: str) -> Any:
    """The sentence of a stored refusal; a code of an earlier release is shown as it is."""
    return REFUSALS.get(code, code)
