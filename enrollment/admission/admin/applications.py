"""Applications: the queue of those that wait, and one applicant's file."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.access import can
from common.admin import ActingAdmin, Fact, Table, row_link
from common.admin.filters import choose
from common.codes.countries import country_name
from common.codes.ethnicities import ethnicity_name
from common.masking import mask, mask_beside_birth_date, mask_email, mask_in
from common.parameters import takes
from common.verbs import verb_label
from common.wording import labelled
from enrollment.admission.admin.application_acts import APPLICATION_ACTS
from enrollment.admission.admin.deciding_many import MANY_APPLICATION_ACTS
from enrollment.admission.admin.notices import print_notices
from enrollment.admission.models.applications import Application, ApplicationStatus
from enrollment.admission.services.applying import ApplicationDraft, possible_duplicates, submission_faults
from enrollment.admission.services.deciding import decision_outlook
from enrollment.admission.services.judging import needs_prior_diploma, unusual_age, written
from enrollment.admission.services.outlook import Outlook
from enrollment.admission.services.transferring import FORMER
from enrollment.attachments.admin.papers import compare_copy, open_paper, open_upload, papers_table
from enrollment.records.admin.filters import ChooseBatch, ChooseMajor, ChooseProvinceOfStudent, WriteCenter
from enrollment.records.admin.looking import looks
from enrollment.records.reasons import Reasons
from learning_centers.models.majors import LevelPath
from learning_centers.reports.filings import Caution


class WriteCenterOfApplication(WriteCenter):
    path = "center_offering__center"


class ChooseBatchOfApplication(ChooseBatch):
    path = "batch"


class ChooseMajorOfApplication(ChooseMajor):
    path = "center_offering__programme_version__programme__major__code"


class ChooseProvinceOfApplication(ChooseProvinceOfStudent):
    path = "center_offering__center__province_code"


UNDECIDED = (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED, ApplicationStatus.SUBMITTED)
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
    acts = APPLICATION_ACTS
    many_acts = MANY_APPLICATION_ACTS
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
        compare, upload = (self.admin_site.admin_view(partial(page, self)) for page in (compare_copy, open_upload))
        notices = self.admin_site.admin_view(takes(*print_notices.takes)(partial(print_notices, self)))
        return [
            path("papers/<uuid:public_id>/", view, name="enrollment_attachment_open"),
            path("papers/<uuid:public_id>/copy/", compare, name="enrollment_attachment_confirm_copy"),
            path("papers/<uuid:public_id>/original/", upload, name="enrollment_attachment_original"),
            path("notices/", notices, name="enrollment_application_notices"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows if request.resolver_match.kwargs else rows.defer(*SEALED)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        number = written(term)
        numbered = queryset.filter(Q(candidate_no=number) | Q(notice_no=number))
        return numbered | queryset.named_like(term), False

    def heading(self, row: Any) -> str:
        return f"{row.name} · {row.batch}"

    def about(self, row: Any) -> list[Fact]:
        """Above an act also the diploma that has to be verified."""
        return [*self._who_and_where(row), *(self._prior(row) if needs_prior_diploma(row) else ())]

    def _who_and_where(self, row: Any) -> list[Fact]:
        version = row.center_offering.programme_version
        return [
            Fact(pgettext_lazy("person", "name"), row.name),
            Fact(_("state"), row.get_status_display()),
            row_link(row.center_offering.center, _("learning centre")),
            Fact(_("programme"), version.programme),
            Fact(_("study form"), version.get_study_form_display()),
            Fact(_("batch"), row.batch),
        ]

    def _prior(self, row: Any) -> list[Fact]:
        return [
            *(self.fact(row, name) for name in ("prior_school", "prior_graduated_on")),
            Fact(_("number of the prior certificate"), mask(row.prior_certificate_no)),
        ]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        outlook = decision_outlook(row)
        return {
            "facts": self._facts(row),
            "warnings": list(self._warnings(row, outlook)),
            "tables": [
                *self._duplicates(request, row),
                self._checklist(outlook),
                papers_table(row),
                self._steps(row),
                looks(request, row, self.verb_to_view),
            ],
        }

    def _warnings(self, row: Any, outlook: Outlook) -> Iterator[Caution]:
        if row.status == ApplicationStatus.SUBMITTED:
            for obstacle in outlook.obstacles:
                yield Caution("wrong", _("It cannot be accepted yet: %(why)s") % {"why": obstacle.message})
            if outlook.is_clear:
                free = {"free": outlook.free}
                yield Caution("good", _("It can be accepted; free places at the centre: %(free)s.") % free)
        if row.status in (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED):
            for fault in submission_faults(row):
                field = capfirst(row._meta.get_field(fault.field).verbose_name) if fault.field else ""
                yield Caution("warn", labelled(field, fault.sentence) if field else str(fault.sentence))
        if row.status in UNDECIDED and (caution := unusual_age(row.birth_date, row.first_day)):
            yield Caution("warn", str(caution))

    def _checklist(self, outlook: Outlook) -> Table:
        rows = [
            [
                str(item),
                item.is_required,
                found.get_result_display() if found else _("not looked at yet"),
                found.remark if found else "",
            ]
            for item, found in outlook.checks
        ]
        columns = [_("item"), _("needed for acceptance"), _("finding"), _("remark")]
        return Table(_("Checklist"), columns, rows)

    def _duplicates(self, request: HttpRequest, row: Any) -> list[Table]:
        """Who may be the same person; asked only of those who may enter applications."""
        if not can(request.user, "enrollment.enter_application", row) or row.status == ApplicationStatus.REGISTERED:
            return []
        draft = ApplicationDraft(name=row.name, birth_date=row.birth_date, id_type=row.id_type, id_no=row.id_no or "")
        found = possible_duplicates(row.institution, draft, besides=row, by=request.user)
        rows = [
            [
                row_link(one.subject),
                one.subject._meta.verbose_name,
                _("the same number") if one.same_number else _("the same name and birth date"),
            ]
            for one in found
        ]
        return (
            [Table(_("Possibly the same person"), [_("who"), _("kind of record"), _("because")], rows)] if rows else []
        )

    def _facts(self, row: Any) -> list[Fact]:
        said = [
            *self._who_and_where(row),
            Fact(_("Latin name"), row.latin_name),
            Fact(_("sex"), row.get_sex_display()),
            Fact(_("birth date"), row.birth_date),
            Fact(_("nationality"), country_name(row.nationality)),
            Fact(_("ethnicity"), ethnicity_name(row.ethnicity)),
            self.fact(row, "political_status"),
            Fact(row.get_id_type_display(), mask_beside_birth_date(row.id_no or "")),
            Fact(_("phone"), mask(row.phone or "")),
            Fact(_("e-mail"), mask_email(row.email) if row.email else ""),
            Fact(_("candidate number"), mask(row.candidate_no)),
            *(self.fact(row, name) for name in ("exam_score", "class_name", "branch_name")),
            Fact(_("remark"), mask_in(row.remark)),
            *(self.fact(row, name) for name in ("entry_kind", *FORMER) if row.is_transfer),
            Fact(_("entered by"), row.created_by),
            *(self.fact(row, name) for name in ("submitted_at", "decided_at", "notice_no", "noticed_on")),
            *(self.fact(row, name) for name in ("late_until", "kept_until", "checked_in_on")),
            *self._prior(row),
            *(self.fact(row, name) for name in ("prior_state", "prior_method", "prior_verified_on")),
        ]
        if row.student:
            said.append(row_link(row.student, _("student")))
        return [one for one in said if one.value not in (None, "")]

    def _steps(self, row: Any) -> Table:
        steps, known = row.steps.select_related("actor").order_by("id"), Reasons.of(row.institution)
        rows = [
            [
                one.at,
                one.actor,
                verb_label(one.verb),
                one.get_status_display(),
                known.given_in(one),
                one.comment,
            ]
            for one in steps
        ]
        columns = [_("at"), _("by"), _("act"), _("state"), _("reason"), _("comment")]
        return Table(_("Steps"), columns, rows, _("Nothing was done to it yet."))
