from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from common.admin import ActingAdmin, Fact, Table, row_link
from common.admin.fields import ways_to
from common.admin.filters import Choose, choose
from common.admin.scoped import recorded
from common.codes.countries import country_name
from common.codes.regions import PROVINCES
from common.dates import today
from common.parameters import takes
from common.texts import normalize
from common.tiles import province_name, tile_map
from learning_centers.admin.life import CENTER_ACTS
from learning_centers.admin.opening import OPEN_CENTER
from learning_centers.admin.partner_acts import ORGANIZATION_ACTS
from learning_centers.admin.unit_acts import REGISTER_ORGANIZATION
from learning_centers.models import (
    Agreement,
    CenterAgreement,
    CenterOffering,
    Institution,
    LearningCenter,
    Organization,
    School,
)
from learning_centers.models.centers import SERVING, CenterStatus, Regime
from learning_centers.reports.filings import ONE_DAY, filing_state, filing_warning, lapsing, with_filing


class ChooseProvince(Choose):
    parameter_name = "province"
    title = _("province")
    path = "province_code"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(code, province_name(code)) for code in PROVINCES]


class ChooseSchool(Choose):
    parameter_name = "school"
    title = _("school")
    path = "school"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(str(one.pk), str(one)) for one in School.objects.visible_to(request.user).current()[:500]]


class ChooseStatus(Choose):
    title = _("status")
    parameter_name = "status"
    path = "status"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("serving", _("active or intake stopped")), *CenterStatus.choices]

    def narrow(self, request: Any, queryset: Any, value: str) -> Any:
        return queryset.filter(status__in=SERVING) if value == "serving" else super().narrow(request, queryset, value)


class ChooseFiling(Choose):
    title = _("filing")
    parameter_name = "filing"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("lapsing", _("lapsed, or lapses within 90 days"))]

    def narrow(self, request: Any, queryset: Any, value: str) -> Any:
        return lapsing(queryset, today())


@admin.register(LearningCenter)
class CenterAdmin(ActingAdmin):
    verb_to_view = "learning_centers.view_centers"
    list_display = ["code", "local_name", "regime", "status", "filing", "province", "school"]
    list_select_related = ["school"]
    list_filter = [
        ChooseProvince,
        ChooseStatus,
        choose("regime", _("regime"), "regime", Regime),
        ChooseFiling,
        ChooseSchool,
    ]
    ordering = ["institution", "code"]
    sortable_by = ()
    search_fields = ["code__startswith", "name__contains"]
    search_help_text = _("Code, or a part of the name")
    list_per_page = 100
    change_list_template = "admin/learning_centers/center_list.html"
    record_select_related = ("institution",)
    acts = CENTER_ACTS

    @admin.display(description=_("name"))
    def local_name(self, row: Any) -> str:
        return str(row).partition(" ")[2]

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_filing(super().get_queryset(request), today())

    @admin.display(description=_("filed until"))
    def filing(self, row: Any) -> Any:
        return row.filed_until - ONE_DAY if row.filed_until else "—"

    @admin.display(description=_("province"))
    def province(self, row: Any) -> str:
        return province_name(row.province_code) if row.province_code else "—"

    def get_urls(self) -> list[Any]:
        suggest = self.admin_site.admin_view(self.suggest)
        return [path("suggest/", suggest, name="learning_centers_suggest"), *super().get_urls()]

    @takes("center", "center_code", "targets")
    def suggest(self, request: HttpRequest) -> HttpResponse:
        """Options for a text field that names a centre: code first, name beside it."""
        if not self.has_view_permission(request):
            return HttpResponse("")
        text = normalize(next(iter(request.GET.values()), ""))[0]
        rows = self.get_queryset(request).filter(Q(code__startswith=text) | Q(name__contains=text))[:20] if text else []
        return HttpResponse(
            format_html_join("", '<option value="{}">{}</option>', ((row.code, str(row)) for row in rows))
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        counts = self.get_queryset(request).exclude(status=CenterStatus.REVOKED).order_by()
        by_province = dict(counts.values_list("province_code").annotate(Count("pk")))
        tiles = tile_map(by_province, lambda code: f"?province={code}")
        openings = ways_to(OPEN_CENTER, Institution.objects.order_by("code"), request.user)
        context = {"tiles": tiles, "chosen": request.GET.get("province", ""), "list_actions": openings}
        return super().changelist_view(request, context | (extra_context or {}))

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        day = today(row.institution)
        filings = list(row.filings.current().select_related("recorded_in").order_by("begin"))
        facts = [*self.about(row), Fact(_("filing"), filing_state(filings, day))]
        warning = filing_warning(row, filings, day)
        return {
            "facts": facts,
            "warnings": [warning] if warning else [],
            "tables": [
                self._periods(row),
                Table(
                    _("Filings"),
                    [_("year"), _("from"), _("until (exclusive)"), _("decision"), _("evidence")],
                    [
                        [_plain(one.year), one.begin, one.end, one.get_decision_display(), recorded(one)]
                        for one in filings
                    ],
                    _("No filing is known. An off-campus centre needs one to take students in."),
                ),
                self._agreements(row),
                self._filed_majors(row),
                self._offered(row),
            ],
        }

    def about(self, row: Any) -> list[Fact]:
        return [
            Fact(_("code"), row.code),
            Fact(_("status"), row.get_status_display()),
            Fact(_("regime"), row.get_regime_display()),
            Fact(
                _("school"), row.school, reverse("admin:learning_centers_school_change", args=(row.school.public_id,))
            ),
            Fact(_("province"), province_name(row.province_code) if row.province_code else None),
        ]

    def _periods(self, row: Any) -> Table:
        periods = row.periods.current().select_related("school", "host", "site", "recorded_in")
        columns = [
            _("from"),
            _("until (exclusive)"),
            _("name"),
            _("type"),
            _("status"),
            _("host"),
            _("site"),
            _("evidence"),
        ]
        rows = [
            [
                one.begin,
                one.end,
                one.name,
                one.get_type_display(),
                one.get_status_display(),
                one.host,
                one.site,
                recorded(one),
            ]
            for one in periods
        ]
        return Table(_("What it was and is"), columns, rows)

    def _agreements(self, row: Any) -> Table:
        signed = CenterAgreement.objects.current().filter(center=row).select_related(*SIGNED)
        lines = [[row_link(one.agreement_version.agreement.organization), *signed_as(one)] for one in signed]
        return Table(_("Agreements with hosts"), [_("organization"), *AGREED], lines)

    def _filed_majors(self, row: Any) -> Table:
        filed = row.filed_majors.current().select_related("major", "recorded_in").order_by("major__code", "begin")
        columns = [_("major"), _("from"), _("until (exclusive)"), _("evidence")]
        return Table(_("Filed majors"), columns, [[one.major, one.begin, one.end, recorded(one)] for one in filed])

    def _offered(self, row: Any) -> Table:
        offered = (
            CenterOffering.objects.current()
            .filter(center=row)
            .select_related("programme_version__programme__major", "recorded_in")
        )
        lines = [
            [row_link(one.programme_version), recorded(one)]
            for one in offered.order_by("programme_version__programme__major__code", "pk")
        ]
        return Table(_("Programmes offered here"), [_("programme"), _("evidence")], lines)


SIGNED = ("agreement_version__agreement__organization", "recorded_in", "center")
AGREED = (_("agreement"), _("version"), _("from"), _("until (exclusive)"), _("evidence"))


def signed_as(one: CenterAgreement) -> list[Any]:
    version = one.agreement_version
    return [version.agreement.number or "—", version.serial, version.begin, version.end, recorded(one)]


def last_day_of(agreement: Agreement) -> Any:
    """Until when the latest version holds."""
    versions = [one for one in agreement.versions.all() if one.superseded_in_id is None]
    return max(versions, key=lambda one: one.serial).end if versions else None


def _plain(year: int | None) -> str:
    return "" if year is None else str(year)


@admin.register(Organization)
class OrganizationAdmin(ActingAdmin):
    verb_to_view = "learning_centers.view_centers"
    acts = ORGANIZATION_ACTS
    list_display = ["name", "uscc", "land"]
    ordering = ["institution", "name"]
    sortable_by = ()
    search_fields = ["name__contains", "uscc__startswith"]
    search_help_text = _("A part of the name, or the credit code")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        ways = ways_to(REGISTER_ORGANIZATION, Institution.objects.order_by("code"), request.user)
        return super().changelist_view(request, {"list_actions": ways, **(extra_context or {})})

    @admin.display(description=_("country"))
    def land(self, row: Any) -> str:
        return country_name(row.country)

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        hosted = row.hosted.current().select_related("center").order_by("center__code", "begin")[:500]
        rows = [[row_link(one.center), one.begin, one.end] for one in hosted]
        names = [[one.name, one.begin, one.end] for one in row.names.current()]
        signed = CenterAgreement.objects.current().filter(agreement_version__agreement__organization=row)
        agreements = row.agreements.current().prefetch_related("versions").order_by("number", "pk")[:500]
        contracts = [[row_link(one), one.get_kind_display(), last_day_of(one)] for one in agreements]
        agreed = [[row_link(one.center), *signed_as(one)] for one in signed.select_related(*SIGNED)[:500]]
        return {
            "facts": [
                *(self.fact(row, name) for name in ("name", "uscc", "foreign_code")),
                Fact(_("country"), country_name(row.country)),
            ],
            "tables": [
                Table(_("Names"), [_("name"), _("from"), _("until (exclusive)")], names),
                Table(_("Agreements"), [_("agreement"), _("kind"), _("until (exclusive)")], contracts),
                Table(_("Agreements about centres"), [_("centre"), *AGREED], agreed),
                Table(_("Hosts these centres"), [_("centre"), _("from"), _("until (exclusive)")], rows),
            ],
        }
