"""Statistics in the registrar's site: ask for figures, watch them come, read them, follow each to its records."""

import datetime as dt
from collections.abc import Container
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.admin import Crumb, Fact, RecordAdmin
from common.audit import AuditNote, write_audit
from common.errors import DomainError
from common.files import XLSX, file_response
from common.parameters import takes
from common.showing import show_rows
from common.tiles import tile_map
from enrollment.models import Student
from exchange.sheets import to_csv, to_xlsx
from reporting.admin.forms import FreezeForm, RunForm, WhyForm
from reporting.admin.tables import Cell, Rows, Sheet, cross_table, query_of, sheet_of
from reporting.dimensions import DIMENSIONS, Breakdown, breakdown, title_of
from reporting.indicators import INDICATORS, MOVES, asked
from reporting.models import StatisticsRun
from reporting.reports.labels import labels
from reporting.reports.records import Answer, records_behind, why_not_counted
from reporting.reports.trend import trend
from reporting.services import freeze_return, question_of, request_run, scope_name, warnings_of_run

PAGE = 100
LINES_OF_A_PAGE = 100
BARS = 15
YEARS_OF_TREND = 6
FILES = {
    "csv": ("text/csv; charset=utf-8", to_csv),
    "xlsx": (XLSX, to_xlsx),
}


def _one_of(known: Container[str], asked_for: str) -> str:
    """What is asked for in the address, if it is known there."""
    if asked_for not in known:
        raise BadRequest("a value that is not known")
    return asked_for


@admin.register(StatisticsRun)
class StatisticsRunAdmin(RecordAdmin):
    verb_to_view = "reporting.view_figures"
    list_display = ["as_of", "since", "known_at", "scope", "institution", "state", "requested_by"]
    list_select_related = ["institution", "requested_by"]
    ordering = ["-id"]
    sortable_by = ()
    record_template = "admin/reporting/run.html"
    record_takes = ("by", "indicator", "p")

    @admin.display(description=_("state"))
    def state(self, row: Any) -> Any:
        if row.is_done:
            return _("done")
        return _("failed") if row.error else _("not finished")

    def get_urls(self) -> list[Any]:
        def route(url: str, page: Any, name: str) -> Any:
            return path(url, self.admin_site.admin_view(page), name=f"reporting_statisticsrun_{name}")

        return [
            route("new/", self.new, "new"),
            route("<uuid:public_id>/progress/", self.progress, "progress"),
            route("<uuid:public_id>/records/", self.records, "records"),
            route("<uuid:public_id>/why/", self.why, "why"),
            route("<uuid:public_id>/export/", self.export, "export"),
            route("<uuid:public_id>/freeze/", self.freeze, "freeze"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        actions = []
        if can(request.user, "reporting.compute_statistics"):
            actions.append(Crumb(_("New figures"), reverse("admin:reporting_statisticsrun_new")))
        return super().changelist_view(request, {"list_actions": actions, **(extra_context or {})})

    def url(self, name: str, run: StatisticsRun) -> str:
        return reverse(f"admin:reporting_statisticsrun_{name}", args=(run.public_id,))

    def heading(self, row: Any) -> str:
        whose = " · ".join(filter(None, (row.institution.local_name, scope_name(row.institution, row.scope))))
        return _("%(institution)s, as of %(day)s") % {"institution": whose, "day": row.as_of}

    # -- asking
    def new(self, request: HttpRequest) -> HttpResponse:
        if not can(request.user, "reporting.compute_statistics"):
            raise Http404
        form = RunForm(request.user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                run = request_run(
                    said["institution"], said["as_of"], said["since"], breakdowns=form.breakdowns(),
                    known_at=said["known_at"], scope=said["scope"], by=request.user,
                )  # fmt: skip
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
            else:
                return redirect(self.url("change", run))
        return self.page(request, "admin/reporting/new.html", _("New figures"), form=form)

    def progress(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """The part of the page that the browser asks for again while the worker counts."""
        run = self.row_or_404(request, public_id)
        response = self.page(request, "admin/reporting/progress.html", "", run=run, job=run.job)
        if run.is_done:
            response["HX-Refresh"] = "true"
        return response

    # -- reading
    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        if not row.is_done:
            return {"run": row, "job": row.job, "facts": self._made(row)}
        total = self._rows(row, ())[0][1]
        wanted = self._wanted(request, row)
        rows = self._rows(row, wanted)
        indicator = self._indicator(request, row)
        records = self.url("records", row) if can(request.user, "enrollment.view_students") else ""
        sheet = self._sheet(row, wanted, rows, total, indicator) if wanted else None
        lines = Paginator(sheet.lines, LINES_OF_A_PAGE).get_page(request.GET.get("p")) if sheet else None
        return {
            "run": row,
            "subtitle": self._subtitle(row),
            "facts": self._made(row),
            "warnings": [*warnings_of_run(row), *self._cautions(row)],
            "headlines": self._headlines(row, total),
            "records_url": records,
            "trend": self._trend(row),
            "tiles": self._tiles(row, records),
            "by": ",".join(wanted),
            "breakdowns": [(name, title_of(name)) for name in row.breakdowns if name],
            "indicator": indicator,
            "indicators": [(one, INDICATORS[one].title) for one in asked(with_window=row.since is not None)],
            "sheet": replace(sheet, lines=list(lines)) if sheet and lines else sheet,
            "lines": lines,
            "bars": self._bars(row, wanted, rows, indicator) if len(wanted) == 1 else None,
            "definitions": [INDICATORS[one] for one in asked(with_window=row.since is not None)],
            "why_url": self.url("why", row),
            "export_url": self.url("export", row),
            "actions": self._actions(request, row),
        }

    def _subtitle(self, row: Any) -> Any:
        known = f"{timezone.localtime(row.known_at):%Y-%m-%d %H:%M:%S}"
        if row.since is None:
            return _("As known at %(known)s.") % {"known": known}
        return _("Flows since %(since)s. As known at %(known)s.") % {"since": row.since, "known": known}

    def _actions(self, request: HttpRequest, row: Any) -> list[Crumb]:
        allowed = can(request.user, "reporting.freeze_return", row)
        return [Crumb(_("Freeze as a return"), self.url("freeze", row))] if allowed else []

    def _made(self, row: Any) -> list[Fact]:
        return [
            Fact(_("as of"), row.as_of),
            Fact(_("flows since"), row.since),
            Fact(_("as known at"), row.known_at),
            Fact(_("recordings used"), row.known_number),
            Fact(_("only"), scope_name(row.institution, row.scope)),
            Fact(_("definitions"), f"v{row.definitions}"),
            Fact(_("computed at"), row.computed_at),
            Fact(_("digest"), row.digest[:16]),
        ]

    def _asked(self, row: Any) -> list[Fact]:
        only = [Fact(_("only"), scope_name(row.institution, row.scope))] if row.scope else []
        return [*only, *self._made(row)[:3]]

    def _cautions(self, row: Any) -> list[dict[str, Any]]:
        complete = row.institution.records_complete_from
        first = row.since or row.as_of
        if complete is None or first >= complete:
            return []
        text = _("Records are complete from %(day)s on: figures for earlier days are incomplete.") % {"day": complete}
        return [{"level": "warn", "text": text}]

    def _rows(self, row: Any, wanted: Breakdown) -> Rows:
        return list(row.slices.filter(breakdown=",".join(wanted)).order_by("position").values_list("key", "values"))

    def _wanted(self, request: HttpRequest, row: Any) -> Breakdown:
        if asked_for := request.GET.get("by"):
            return breakdown(_one_of(row.breakdowns, asked_for))
        return breakdown(
            next((name for name in ("center", "school", *row.breakdowns) if name and name in row.breakdowns), "")
        )

    def _indicator(self, request: HttpRequest, row: Any) -> str:
        return _one_of(asked(with_window=row.since is not None), request.GET.get("indicator") or "deg.stock")

    def _headlines(self, row: Any, total: dict[str, int]) -> list[dict[str, Any]]:
        shown = [one for one in asked(with_window=row.since is not None) if one not in (*MOVES, "deg.closing")]
        return [
            {
                "title": INDICATORS[one].title,
                "cell": Cell(total.get(one, 0), query_of(one, (), ()) if total.get(one) else ""),
            }
            for one in shown
            if one in ("deg.stock", "deg.suspended", "deg.entrants", "deg.graduates") or total.get(one)
        ]

    def _trend(self, row: Any) -> dict[str, Any]:
        """Stock and suspended twice a year up to the as-of day, as known then."""
        years = range(row.as_of.year - YEARS_OF_TREND, row.as_of.year + 1)
        days = [day for year in years for month in (3, 9) if (day := dt.date(year, month, 1)) < row.as_of]
        days.append(row.as_of)
        question = question_of(row)
        series = {one: trend(question, one, days) for one in ("deg.stock", "deg.suspended")}
        complete = row.institution.records_complete_from
        return {
            "days": [day.isoformat() for day in days],
            "series": [
                {"name": str(INDICATORS[one].title), "values": [value for _day, value in values]}
                for one, values in series.items()
            ],
            "lines": [
                {
                    "day": day,
                    "values": [values[place][1] for values in series.values()],
                    "incomplete": bool(complete and day < complete),
                }
                for place, day in enumerate(days)
            ],
        }

    def _tiles(self, row: Any, records: str) -> Any:
        if "province" not in row.breakdowns:
            return None
        values = {key[0]: figures.get("deg.stock", 0) for key, figures in self._rows(row, ("province",)) if key[0]}
        return tile_map(
            values, lambda code: f"{records}?{query_of('deg.stock', ('province',), (code,))}" if records else None
        )

    def _sheet(self, row: Any, wanted: Breakdown, rows: Rows, total: dict[str, int], indicator: str) -> Sheet:
        cross = cross_table(row.institution, wanted, rows, indicator) if len(wanted) == 2 else None
        return cross or sheet_of(row.institution, wanted, rows, total, with_window=row.since is not None)

    def _bars(self, row: Any, wanted: Breakdown, rows: Rows, indicator: str) -> dict[str, Any]:
        largest = sorted(((values.get(indicator, 0), key[0]) for key, values in rows), key=lambda one: -one[0])[:BARS]
        named = labels(row.institution, wanted[0], (key for _value, key in largest))
        own = row.institution.local_name  # begins the name of every centre, and an axis has little room
        return {
            "names": [" ".join(named[key].replace(own, " ").split()) or named[key] for _value, key in largest],
            "series": [{"name": str(INDICATORS[indicator].title), "values": [value for value, _key in largest]}],
            "rest": max(len(rows) - BARS, 0),
        }

    # -- following
    def _slice(self, request: HttpRequest) -> dict[str, str | None]:
        return {name: request.GET[name] or None for name in DIMENSIONS if name in request.GET}

    def _slice_facts(self, run: Any, slice_: dict[str, str | None]) -> list[Fact]:
        return [
            Fact(DIMENSIONS[name].title, labels(run.institution, name, [value])[value])
            for name, value in slice_.items()
        ]

    @takes("indicator", "p", *DIMENSIONS)
    def records(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """The students behind a figure, as far as the user may see them."""
        run = self.row_or_404(request, public_id)
        if not can(request.user, "enrollment.view_students"):
            raise Http404
        slice_, indicator = self._slice(request), self._indicator(request, run)
        try:
            found = records_behind(question_of(run), indicator, slice_, user=request.user)
        except DomainError as refusal:
            raise BadRequest("a question without an answer") from refusal
        shown = found.students.select_related(
            "person", "current_center", "current_programme_version__programme__major", "entry_batch"
        )
        page = Paginator(shown, PAGE).get_page(request.GET.get("p"))
        show_rows(request, Student, page.object_list)
        one = INDICATORS[indicator]
        context = {
            "run": run, "indicator": one, "records": page, "counted": found.counted, "why_url": self.url("why", run),
            "facts": [*self._slice_facts(run, slice_), *self._asked(run)],
            "crumbs": [self.list_crumb(), Crumb(self.heading(run), self.url("change", run))],
            "query": request.GET.urlencode(),
        }  # fmt: skip
        return self.page(request, "admin/reporting/records.html", one.title, **context)

    @takes("indicator", "student_no", *DIMENSIONS)
    def why(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """Why a student stands in a figure or not."""
        run = self.row_or_404(request, public_id)
        if not can(request.user, "enrollment.view_students"):
            raise Http404
        form = WhyForm(request.GET if "student_no" in request.GET else None)
        indicator = self._indicator(request, run)
        slice_ = self._slice(request)
        answer = student = None
        if form.is_bound and form.is_valid():
            student = self._student(request, run, form.cleaned_data["student_no"].strip())
            if student is None:
                form.add_error("student_no", _("There is no student with this number here."))
            else:
                show_rows(request, Student, [student])
                answer = self._answer(student, run, indicator, slice_)
        context = {
            "form": form, "run": run, "answer": answer, "student": student, "indicator": INDICATORS[indicator],
            "slice": slice_, "facts": [*self._slice_facts(run, slice_), *self._asked(run)],
            "crumbs": [self.list_crumb(), Crumb(self.heading(run), self.url("change", run))],
            "indicators": [(one, INDICATORS[one].title) for one in asked(with_window=run.since is not None)],
        }  # fmt: skip
        return self.page(request, "admin/reporting/why.html", _("Why is a student counted, or not?"), **context)

    def _answer(self, student: Student, run: Any, indicator: str, slice_: dict[str, str | None]) -> Answer:
        try:
            return why_not_counted(student, question_of(run), indicator, slice_)
        except DomainError as refusal:
            raise BadRequest("a question without an answer") from refusal

    def _student(self, request: HttpRequest, run: Any, student_no: str) -> Student | None:
        """Whose number it was as the figure was known, else today's holder, else the last one, taken back since."""
        visible = Student.objects.visible_to(request.user, "enrollment.view_students")
        held = visible.filter(institution=run.institution, student_no=student_no).select_related("person")
        held = held.order_by(F("superseded_in").asc(nulls_first=True), "-pk")
        return held.known_at(run.known_number).first() or held.first()

    @takes("by", "format")
    def export(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """A breakdown as a file, with the days and the instant that it holds for in its name."""
        run = self.row_or_404(request, public_id)
        kind = _one_of(FILES, request.GET.get("format") or "csv")
        if not run.is_done:
            raise Http404
        wanted = self._wanted(request, run)
        rows, total = self._rows(run, wanted), self._rows(run, ())[0][1]
        head, *lines = sheet_of(run.institution, wanted, rows, total, with_window=run.since is not None).plain()
        content_type, write = FILES[kind]
        content = write(head, lines)  # type: ignore[operator]
        known = f"{timezone.localtime(run.known_at):%Y%m%dT%H%M}"
        whose = "-".join(filter(None, (run.institution.code, run.scope.replace(":", "-"))))
        name = f"{whose}-{run.as_of}-known-{known}-by-{'-'.join(wanted)}.{kind}"
        note = AuditNote("reporting.export_figures", run, detail={"by": list(wanted), "rows": len(lines)})
        write_audit([note], by=request.user, institution_id=run.institution_id)
        return file_response(content, content_type=content_type, name=name)

    def freeze(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        run = self.row_or_404(request, public_id)
        if not can(request.user, "reporting.freeze_return", run):
            raise Http404
        form = FreezeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                frozen = freeze_return(run, by=request.user, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
            else:
                messages.success(request, _("The figures are frozen. Nothing changes them any more."))
                return redirect("admin:reporting_frozenreturn_change", frozen.public_id)
        title = _("Freeze as a return")
        context = {"form": form, "facts": self._made(run), "act": title, "back": self.url("change", run)}
        return self.page(request, "admin/reporting/short_form.html", title, **context)
