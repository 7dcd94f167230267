"""Applications: the queue of those that wait, and one applicant's file."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.acts import act_label
from common.admin import ActingAdmin, Fact, Table, row_link
from common.admin.filters import choose
from common.codes.countries import country_name
from common.codes.ethnicities import ethnicity_name
from common.masking import mask, mask_email
from enrollment.admin.filters import ChooseBatch, ChooseMajor, ChooseProvinceOfStudent, WriteCenter
from enrollment.admin.looking import looks
from enrollment.admin.papers import open_paper, papers_table
from enrollment.models import Application
from enrollment.models.applications import ApplicationStatus
from learning_centers.models.majors import LevelPath


class WriteCenterOfApplication(WriteCenter):
    path = "center_offering__center"


class ChooseBatchOfApplication(ChooseBatch):
    path = "batch"


class ChooseMajorOfApplication(ChooseMajor):
    path = "center_offering__programme_version__programme__major__code"


class ChooseProvinceOfApplication(ChooseProvinceOfStudent):
    path = "center_offering__center__province_code"


SEALED = ("id_no", "phone", "email", "id_digest")


@admin.register(Application)
class ApplicationAdmin(ActingAdmin):
    verb_to_view = "enrollment.view_applications"
    list_display = ["name", "state", "center", "major", "level", "batch", "submitted_at", "notice_no"]
    list_select_related = [
        "batch",
        "center_offering__center",
        "center_offering__programme_version__programme__major",
    ]
    list_filter = [
        choose("state", gettext_lazy("state"), "status", ApplicationStatus),
        ChooseBatchOfApplication,
        WriteCenterOfApplication,
        ChooseMajorOfApplication,
        choose(
            "level",
            gettext_lazy("level path"),
            "center_offering__programme_version__programme__level_path",
            LevelPath,
        ),
        ChooseProvinceOfApplication,
    ]
    ordering = ["-id"]
    sortable_by = ()
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name, candidate number, or number of the admission notice")
    list_per_page = 100
    record_template = "admin/record.html"
    record_select_related = ("institution", "student__person", "created_by", "prior_verified_by")

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> str:
        return row.get_status_display()

    @admin.display(description=gettext_lazy("learning centre"))
    def center(self, row: Any) -> str:
        return str(row.center_offering.center)

    @admin.display(description=gettext_lazy("major"))
    def major(self, row: Any) -> str:
        return str(row.center_offering.programme_version.programme.major)

    @admin.display(description=gettext_lazy("level path"))
    def level(self, row: Any) -> str:
        version = row.center_offering.programme_version
        return f"{version.programme.get_level_path_display()} · {version.get_study_form_display()}"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(partial(open_paper, self))
        return [path("papers/<uuid:public_id>/", view, name="enrollment_attachment_open"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows if request.resolver_match.kwargs else rows.defer(*SEALED)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(name__startswith=term) | Q(candidate_no=term) | Q(notice_no=term)), False

    def heading(self, row: Any) -> str:
        return f"{row.name} · {row.batch}"

    def about(self, row: Any) -> list[Fact]:
        version = row.center_offering.programme_version
        return [
            Fact(_("state"), row.get_status_display()),
            row_link(row.center_offering.center, _("learning centre")),
            Fact(_("programme"), version.programme),
            Fact(_("study form"), version.get_study_form_display()),
            Fact(_("batch"), row.batch),
        ]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {
            "facts": self._facts(row),
            "tables": [papers_table(row), self._steps(row), looks(request, row, self.verb_to_view)],
        }

    def _facts(self, row: Any) -> list[Fact]:
        said = [
            *self.about(row),
            Fact(pgettext_lazy("person", "name"), row.name),
            Fact(_("Latin name"), row.latin_name),
            Fact(_("sex"), row.get_sex_display()),
            Fact(_("birth date"), row.birth_date),
            Fact(_("nationality"), country_name(row.nationality)),
            Fact(_("ethnicity"), ethnicity_name(row.ethnicity)),
            self.fact(row, "political_status"),
            Fact(row.get_id_type_display(), mask(row.id_no or "")),
            Fact(_("phone"), mask(row.phone or "")),
            Fact(_("e-mail"), mask_email(row.email) if row.email else ""),
            Fact(_("candidate number"), mask(row.candidate_no)),
            *(self.fact(row, name) for name in ("exam_score", "class_name", "branch_name", "remark")),
            Fact(_("entered by"), row.created_by),
            *(self.fact(row, name) for name in ("submitted_at", "decided_at", "notice_no", "noticed_on")),
            *(self.fact(row, name) for name in ("late_until", "kept_until", "checked_in_on")),
        ]
        if row.student:
            said.append(row_link(row.student, _("student")))
        return [one for one in said if one.value not in (None, "")]

    def _steps(self, row: Any) -> Table:
        steps = row.steps.select_related("actor").order_by("id")
        rows = [
            [one.at, one.actor, act_label(one.verb), one.get_status_display(), one.reason_code, one.comment]
            for one in steps
        ]
        columns = [_("at"), _("by"), _("act"), _("state"), _("reason"), _("comment")]
        return Table(_("Steps"), columns, rows, _("Nothing was done to it yet."))
