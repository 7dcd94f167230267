from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.admin import Crumb, Fact, RecordAdmin
from common.admin.filters import choose
from common.verbs import verb_label
from exchange.jobs import cancel
from exchange.models import Job
from exchange.models.jobs import UNFINISHED


@admin.register(Job)
class JobAdmin(RecordAdmin):
    verb_to_view = "exchange.view_jobs"
    list_display = ["work", "state", "done", "total", "attempts", "requested_by", "created_at", "finished_at"]
    list_select_related = ["requested_by"]
    list_filter = [choose("state", _("state"), "state", Job.State)]
    ordering = ["-id"]
    sortable_by = ()
    facts_of = (
        "state",
        "done",
        "total",
        "attempts",
        "error",
        "requested_by",
        "created_at",
        "started_at",
        "finished_at",
    )

    @admin.display(description=_("task"))
    def work(self, row: Any) -> Any:
        return verb_label(row.task)

    def get_urls(self) -> list[Any]:
        stop = self.admin_site.admin_view(self.cancel)
        return [path("<uuid:public_id>/cancel/", stop, name="exchange_job_cancel"), *super().get_urls()]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        actions = []
        if row.state in UNFINISHED and can(request.user, "exchange.cancel_job", row):
            actions.append(Crumb(_("Cancel"), reverse("admin:exchange_job_cancel", args=(row.public_id,))))
        context = super().record(request, row)
        return {**context, "facts": [Fact(_("task"), verb_label(row.task)), *context["facts"]], "actions": actions}

    def cancel(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        row = self.row_or_404(request, public_id)
        if not can(request.user, "exchange.cancel_job", row):
            raise Http404
        if request.method == "POST":
            cancel(row)
            messages.success(request, _("The job stops at its next step; what it has stored stays."))
            return redirect("admin:exchange_job_change", row.public_id)
        return self.page(request, "admin/exchange/cancel.html", _("Cancel this job?"), row=row)
