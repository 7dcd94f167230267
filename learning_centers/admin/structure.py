from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import Act, ActingAdmin, Crumb, Fact, Table, row_link
from common.admin.fields import ways_to
from common.admin.filters import choose
from common.admin.scoped import recorded
from common.dates import PartialDate, Precision
from learning_centers.admin.opening import OPEN_CENTER
from learning_centers.admin.partner_acts import RENEW
from learning_centers.admin.programme_acts import CLOSE_OFFERING, OFFER_PROGRAMME
from learning_centers.admin.unit_acts import DESIGNATE, FOUND_UNIT, INSTITUTION_ACTS, MERGE, SCHOOL_ACTS
from learning_centers.models import (
    Agreement,
    Designation,
    Institution,
    LineageEvent,
    LineageLink,
    Major,
    Programme,
    ProgrammeVersion,
    School,
    SchoolName,
)
from learning_centers.models.majors import LevelPath, StudyForm
from learning_centers.models.schools import SchoolRole


def vague(row: SchoolName | SchoolRole) -> str:
    """The beginning as exactly as it is known."""
    return str(PartialDate(row.begin, Precision(row.begin_precision))) if row.begin else ""


class StructureAdmin(ActingAdmin):
    verb_to_view = "learning_centers.view_structure"
    sortable_by: Any = ()
    begins_with: Act | None = None
    """How a row of the list comes into being: an act on the institution."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"list_actions": self.beginnings(request), **(extra_context or {})})

    def beginnings(self, request: HttpRequest) -> list[Crumb]:
        return ways_to(self.begins_with, Institution.objects.order_by("code"), request.user) if self.begins_with else []


@admin.register(Institution)
class InstitutionAdmin(StructureAdmin):
    list_display = ["code", "name", "name_en", "records_complete_from"]
    acts = (OPEN_CENTER, *INSTITUTION_ACTS)

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        codes = row.codes.current().select_related("recorded_in").order_by("scheme", "begin")
        names = row.names.current().select_related("recorded_in").order_by("begin")
        return {
            "facts": [
                self.fact(row, name) for name in ("code", "name", "name_en", "time_zone", "records_complete_from")
            ],
            "tables": [
                Table(
                    _("Codes"),
                    [_("scheme"), _("code"), _("from"), _("until (exclusive)"), _("evidence")],
                    [[one.get_scheme_display(), one.value, one.begin, one.end, recorded(one)] for one in codes],
                ),
                Table(
                    _("Names"),
                    [_("name"), _("from"), _("until (exclusive)"), _("evidence")],
                    [[str(one), one.begin, one.end, recorded(one)] for one in names],
                ),
            ],
        }


@admin.register(School)
class SchoolAdmin(StructureAdmin):
    list_display = ["code", "__str__", "kind", "closed_on"]
    acts = (*SCHOOL_ACTS, OFFER_PROGRAMME)
    begins_with = FOUND_UNIT
    many_acts = (MERGE,)
    list_filter = [choose("kind", _("kind"), "kind", School.Kind)]
    ordering = ["institution", "code"]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        dates = [_("from"), _("until (exclusive)"), _("evidence")]
        names = row.names.current().select_related("recorded_in")
        roles = row.roles.current().select_related("recorded_in").order_by("begin")
        parents = row.parents.current().select_related("parent", "recorded_in").order_by("begin")
        links = (
            LineageLink.objects.current()
            .filter(event__links__school=row, event__links__superseded_in=None, event__superseded_in=None)
            .select_related("event", "school")
            .order_by("event__on", "event__position", "side")
            .distinct()
        )
        lineage = [
            [str(one.event.date), one.event.get_kind_display(), one.get_side_display(), row_link(one.school)]
            for one in links
        ]
        return {
            "facts": [self.fact(row, name) for name in ("code", "name", "name_en", "kind", "closed_on")],
            "tables": [
                Table(_("Lineage"), [_("date"), _("event"), _("side"), _("unit")], lineage),
                Table(
                    _("Names"), [_("name"), *dates], [[str(one), vague(one), one.end, recorded(one)] for one in names]
                ),
                Table(
                    _("Roles"),
                    [_("role"), *dates],
                    [[one.get_role_display(), vague(one), one.end, recorded(one)] for one in roles],
                ),
                Table(
                    _("Belongs to"),
                    [_("unit"), *dates],
                    [[row_link(one.parent), one.begin, one.end, recorded(one)] for one in parents],
                ),
            ],
        }


@admin.register(LineageEvent)
class LineageAdmin(StructureAdmin):
    list_display = ["when", "kind", "units", "note"]
    ordering = ["institution", "on", "position"]

    def get_queryset(self, request: HttpRequest) -> Any:
        links = LineageLink.objects.current().select_related("school").order_by("side", "school__code")
        return super().get_queryset(request).prefetch_related(Prefetch("links", links))

    @admin.display(description=_("units"))
    def units(self, row: Any) -> str:
        sides: dict[str, list[str]] = {side: [] for side in LineageLink.Side.values}
        for link in row.links.all():
            sides[link.side].append(str(link.school))
        return " → ".join(" · ".join(names) for names in sides.values() if names)

    @admin.display(description=_("date"))
    def when(self, row: Any) -> str:
        return str(row.date or "—")

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        links = row.links.current().select_related("school").order_by("side", "school__code")
        facts = [Fact(_("date"), str(row.date)), *(self.fact(row, name) for name in ("kind", "approved_by", "note"))]
        rows = [[one.get_side_display(), row_link(one.school)] for one in links]
        return {"facts": facts, "tables": [Table(_("Units"), [_("side"), _("unit")], rows)]}


@admin.register(Designation)
class DesignationAdmin(StructureAdmin):
    list_display = ["__str__", "kind", "issuer", "when"]
    begins_with = DESIGNATE
    list_filter = [choose("kind", _("kind"), "kind", Designation.Kind)]

    @admin.display(description=_("date"))
    def when(self, row: Any) -> str:
        return str(row.date or "—")


@admin.register(Major)
class MajorAdmin(StructureAdmin):
    list_display = ["code", "name", "name_en", "edition"]
    ordering = ["institution", "code"]
    search_fields = ["code__startswith", "name__contains"]
    search_help_text = _("Code, or a part of the name")

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        versions = (
            ProgrammeVersion.objects.visible_to(request.user)
            .current()
            .filter(programme__major=row)
            .select_related("programme__school", "recorded_in")
        )
        rows = [
            [row_link(one.programme.school), one.programme.get_level_path_display(), one.get_study_form_display(),
             one.normal_years, one.max_years, recorded(one)]
            for one in versions
        ]  # fmt: skip
        columns = [
            _("school"),
            _("level path"),
            _("study form"),
            _("normal length"),
            _("maximum length"),
            _("evidence"),
        ]
        return {
            "facts": [self.fact(row, name) for name in ("code", "name", "name_en", "edition", "isced_field")],
            "tables": [Table(_("Taught as"), columns, rows)],
        }


@admin.register(Programme)
class ProgrammeAdmin(StructureAdmin):
    list_display = ["major", "level_path", "school"]
    list_select_related = ["major", "school"]
    list_filter = [choose("level", _("level path"), "level_path", LevelPath)]
    ordering = ["major__code", "id"]
    facts_of = ("major", "level_path", "school")


@admin.register(ProgrammeVersion)
class ProgrammeVersionAdmin(StructureAdmin):
    list_display = ["programme", "study_form", "normal_years", "min_years", "max_years", "required_credits"]
    acts = (CLOSE_OFFERING,)

    def beginnings(self, request: HttpRequest) -> list[Crumb]:
        teaching = School.objects.current().filter(roles__role=SchoolRole.Role.PROVIDER, roles__superseded_in=None)
        return ways_to(OFFER_PROGRAMME, teaching.filter(closed_on=None).distinct().order_by("code"), request.user)

    list_select_related = ["programme__major"]
    list_filter = [choose("form", _("study form"), "study_form", StudyForm)]
    ordering = ["programme__major__code", "id"]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        names = (
            "programme",
            "study_form",
            "normal_years",
            "min_years",
            "max_years",
            "required_credits",
            "min_onsite_hours_ratio",
        )
        open_in = row.offerings.current().select_related("recorded_in").order_by("open_from")
        rows = [[one.open_from, one.open_to, recorded(one)] for one in open_in]
        columns = [_("first batch"), _("last batch"), _("evidence")]
        return {"facts": [self.fact(row, name) for name in names], "tables": [Table(_("Open for"), columns, rows)]}


@admin.register(Agreement)
class AgreementAdmin(StructureAdmin):
    verb_to_view = "learning_centers.view_centers"
    list_display = ["__str__", "kind", "partner"]
    list_select_related = ["organization"]
    list_filter = [choose("kind", _("kind"), "kind", Agreement.Kind)]
    ordering = ["institution", "number", "id"]
    search_fields = ["number__startswith", "organization__name__contains"]
    search_help_text = _("Beginning of the number, or a part of the organization's name")
    acts = (RENEW,)

    @admin.display(description=_("organization"))
    def partner(self, row: Any) -> str:
        return str(row.organization)

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        versions = row.versions.current().select_related("recorded_in").order_by("serial")
        lines = [[one.serial, one.begin, one.end, one.terms, recorded(one)] for one in versions]
        columns = [_("version"), _("from"), _("until (exclusive)"), _("terms"), _("evidence")]
        facts = [self.fact(row, "kind"), self.fact(row, "number"), row_link(row.organization, _("organization"))]
        return {"facts": facts, "tables": [Table(_("Versions"), columns, lines)]}
