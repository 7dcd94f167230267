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
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.admin import Crumb, Fact, RecordAdmin
from common.audit import AuditNote, write_audit
from common.errors import DomainError
from common.families import Answer, Breakdown, Family, all_families, family_named
from common.files import XLSX, file_response
from common.models import Recorded
from common.parameters import takes
from common.showing import show_rows
from common.templatetags.cells import grouped
from common.tiles import tile_map
from exchange.sheets import to_csv, to_xlsx
from reporting.admin.forms import FreezeForm, RunForm, WhyForm
from reporting.admin.tables import Rows, Sheet, cell_of, cross_table, query_of, sheet_of
from reporting.models import StatisticsRun
from reporting.reports.export import number
from reporting.reports.labels import labels
from reporting.reports.records import records_behind, why_not_counted
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


def _titles(run: Any) -> list[tuple[str, Any]]:
    """The measures of a run with their titles, as they are offered."""
    family = family_named(run.family)
    return [(one, family.measure[one].title) for one in family.asked(with_window=run.since is not None)]


def _slices() -> set[str]:
    """The dimensions of all families, as parameters of an address."""
    return {name for family in all_families() for name in family.dimension}


def _numbers() -> set[str]:
    return {family.number for family in all_families()}


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
        whose = " · ".join(filter(None, (row.institution.local_name, scope_name(row))))
        return _("%(institution)s, as of %(day)s") % {"institution": whose, "day": row.as_of}

    # -- asking
    @takes("family")
    def new(self, request: HttpRequest) -> HttpResponse:
        if not can(request.user, "reporting.compute_statistics"):
            raise Http404
        form = RunForm(request.user, self._family(request), request.POST or None)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                run = request_run(
                    said["institution"], said["as_of"], said["since"], family=said["family"], breakdowns=form.breakdowns(),
                    known_at=said["known_at"], scope=said["scope"], by=request.user,
                )  # fmt: skip
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
            else:
                return redirect(self.url("change", run))
        return self.page(request, "admin/reporting/new.html", _("New figures"), form=form)

    def _family(self, request: HttpRequest) -> Family:
        names = [one.name for one in all_families()]
        return family_named(_one_of(names, (request.POST or request.GET).get("family") or "degree"))

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
        family = family_named(row.family)
        total = self._rows(row, ())[0][1]
        wanted = self._wanted(request, row)
        rows = self._rows(row, wanted)
        indicator = self._indicator(request, row)
        records = self.url("records", row) if can(request.user, family.verb_to_view) else ""
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
            "breakdowns": [(name, family.title_of(name)) for name in row.breakdowns if name],
            "indicator": indicator,
            "indicators": _titles(row),
            "sheet": replace(sheet, lines=list(lines)) if sheet and lines else sheet,
            "lines": lines,
            "bars": self._bars(row, wanted, rows, indicator) if len(wanted) == 1 else None,
            "definitions": [family.measure[one] for one, _title in _titles(row)],
            "why_url": self.url("why", row),
            "why_title": family.sentence("why_not"),
            "tiles_title": family.sentence("by_province"),
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
            Fact(_("only"), scope_name(row)),
            Fact(_("definitions"), f"v{row.definitions}"),
            Fact(_("computed at"), row.computed_at),
            Fact(_("digest"), row.digest[:16]),
        ]

    def _asked(self, row: Any) -> list[Fact]:
        only = [Fact(_("only"), scope_name(row))] if row.scope else []
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
            return family_named(row.family).breakdown(_one_of(row.breakdowns, asked_for))
        found = (name for name in ("center", "school", *row.breakdowns) if name and name in row.breakdowns)
        return family_named(row.family).breakdown(next(found, ""))

    def _indicator(self, request: HttpRequest, row: Any) -> str:
        family = family_named(row.family)
        names = family.asked(with_window=row.since is not None)
        return _one_of(
            names, request.GET.get("indicator") or next(one for one in (*family.leading, *names) if one in names)
        )

    def _headlines(self, row: Any, total: dict[str, Any]) -> list[dict[str, Any]]:
        family = family_named(row.family)
        measures = [family.measure[one] for one, _title in _titles(row)]
        return [
            {"title": one.title, "cell": cell_of(one, total.get(one.id, one.nothing))}
            for one in measures
            if not (one.crossing or one.same_as) and (one.id in family.leading or total.get(one.id))
        ]

    def _trend(self, row: Any) -> dict[str, Any]:
        """What the family draws, twice a year up to the as-of day, as known then."""
        years = range(row.as_of.year - YEARS_OF_TREND, row.as_of.year + 1)
        days = [day for year in years for month in (3, 9) if (day := dt.date(year, month, 1)) < row.as_of]
        days.append(row.as_of)
        question = question_of(row)
        measures = [question.family.measure[one] for one in question.family.charted]
        series = [[number(one, value) for _day, value in trend(question, one.id, days)] for one in measures]
        complete = row.institution.records_complete_from
        return {
            "days": [day.isoformat() for day in days],
            "series": [
                {"name": str(one.title), "values": values} for one, values in zip(measures, series, strict=True)
            ],
            "lines": [
                {
                    "day": day,
                    "values": [values[place] for values in series],
                    "incomplete": bool(complete and day < complete),
                }
                for place, day in enumerate(days)
            ],
        }

    def _tiles(self, row: Any, records: str) -> Any:
        if "province" not in row.breakdowns:
            return None
        leading = family_named(row.family).leading[0]
        values = {key[0]: figures.get(leading, 0) for key, figures in self._rows(row, ("province",)) if key[0]}
        return tile_map(
            values, lambda code: f"{records}?{query_of(leading, ('province',), (code,))}" if records else None
        )

    def _sheet(self, row: Any, wanted: Breakdown, rows: Rows, total: dict[str, int], indicator: str) -> Sheet:
        family = family_named(row.family)
        cross = cross_table(family, row.institution, wanted, rows, indicator) if len(wanted) == 2 else None
        return cross or sheet_of(family, row.institution, wanted, rows, total, with_window=row.since is not None)

    def _bars(self, row: Any, wanted: Breakdown, rows: Rows, indicator: str) -> dict[str, Any]:
        family = family_named(row.family)
        measure = family.measure[indicator]
        numbers = ((number(measure, values.get(indicator)) or 0, key[0]) for key, values in rows)
        largest = sorted(numbers, key=lambda one: -one[0])[:BARS]
        named = labels(row.institution, family.dimension[wanted[0]], (key for _value, key in largest))
        own = row.institution.local_name  # begins the name of every centre, and an axis has little room
        return {
            "names": [" ".join(named[key].replace(own, " ").split()) or named[key] for _value, key in largest],
            "series": [{"name": str(measure.title), "values": [value for value, _key in largest]}],
            "rest": max(len(rows) - BARS, 0),
        }

    # -- following
    def _slice(self, request: HttpRequest, run: Any) -> dict[str, str | None]:
        return {name: request.GET[name] or None for name in family_named(run.family).dimension if name in request.GET}

    def _slice_facts(self, run: Any, slice_: dict[str, str | None]) -> list[Fact]:
        dimension = family_named(run.family).dimension
        return [
            Fact(dimension[name].title, labels(run.institution, dimension[name], [value])[value])
            for name, value in slice_.items()
        ]

    @takes("indicator", "p", *_slices())
    def records(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """The subjects behind a figure, as far as the user may see them."""
        run = self.row_or_404(request, public_id)
        family = family_named(run.family)
        if not can(request.user, family.verb_to_view):
            raise Http404
        slice_, indicator = self._slice(request, run), self._indicator(request, run)
        try:
            found = records_behind(question_of(run), indicator, slice_, user=request.user)
        except DomainError as refusal:
            raise BadRequest("a question without an answer") from refusal
        page = Paginator(found.subjects.select_related(*family.joined), PAGE).get_page(request.GET.get("p"))
        show_rows(request, family.subject, page.object_list)
        context = {
            "run": run, "family": family, "none_missing": family.sentence("missing"),
            "indicator": family.measure[indicator], "records": page,
            "number_title": capfirst(family.subject._meta.get_field(family.number).verbose_name),
            "total": family.sentence("total") % {"total": grouped(page.paginator.count)},
            "behind": self._behind(family, page.paginator.count, found.counted),
            "lines": [self._line(family, one) for one in page], "counted": found.counted, "why_url": self.url("why", run),
            "facts": [*self._slice_facts(run, slice_), *self._asked(run)],
            "crumbs": [self.list_crumb(), Crumb(self.heading(run), self.url("change", run))],
            "query": request.GET.urlencode(),
        }  # fmt: skip
        return self.page(request, "admin/reporting/records.html", family.measure[indicator].title, **context)

    def _behind(self, family: Family, seen: int, counted: int) -> str:
        return "" if seen == counted else family.sentence("behind") % {"seen": grouped(seen), "all": grouped(counted)}

    def _line(self, family: Family, row: Any) -> dict[str, Any]:
        """What a list shows of a subject; one that was taken back has no page any more."""
        number, meta = getattr(row, family.number), family.subject._meta
        is_known = getattr(row, "superseded_in_id", None) is None and admin.site.is_registered(family.subject)
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=(row.public_id,)) if is_known else ""
        return {"number": number, "url": url, "cells": [column.value(row) for column in family.columns]}

    @takes("indicator", *_numbers(), *_slices())
    def why(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        """Why a subject stands in a figure or not."""
        run = self.row_or_404(request, public_id)
        family = family_named(run.family)
        if not can(request.user, family.verb_to_view):
            raise Http404
        form = WhyForm(family, request.GET if family.number in request.GET else None)
        indicator, slice_ = self._indicator(request, run), self._slice(request, run)
        answer = subject = None
        if form.is_bound and form.is_valid():
            subject = self._subject(request, run, form.cleaned_data[family.number].strip())
            if subject is None:
                form.add_error(family.number, family.sentence("no_such_number"))
            else:
                show_rows(request, family.subject, [subject])
                answer = self._answer(subject, run, indicator, slice_)
        context = {
            "form": form, "number": form[family.number], "run": run, "answer": answer,
            "line": subject and self._line(family, subject), "indicator": family.measure[indicator], "slice": slice_,
            "facts": [*self._slice_facts(run, slice_), *self._asked(run)],
            "crumbs": [self.list_crumb(), Crumb(self.heading(run), self.url("change", run))],
            "indicators": _titles(run),
        }  # fmt: skip
        return self.page(request, "admin/reporting/why.html", family.sentence("why"), **context)

    def _answer(self, subject: Any, run: Any, indicator: str, slice_: dict[str, str | None]) -> Answer:
        try:
            return why_not_counted(subject, question_of(run), indicator, slice_)
        except DomainError as refusal:
            raise BadRequest("a question without an answer") from refusal

    def _subject(self, request: HttpRequest, run: Any, number: str) -> Any:
        """Whose number it was as the figure was known, else today's holder, else the last one, taken back since."""
        family = family_named(run.family)
        manager: Any = family.subject._default_manager
        visible = manager.visible_to(request.user, family.verb_to_view)
        held = visible.filter(institution=run.institution, **{family.number: number}).select_related(*family.joined)
        if not issubclass(family.subject, Recorded):
            return held.first()
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
        family = family_named(run.family)
        head, *lines = sheet_of(family, run.institution, wanted, rows, total, with_window=run.since is not None).plain()
        content_type, write = FILES[kind]
        content = write(head, lines)  # type: ignore[operator]
        known = f"{timezone.localtime(run.known_at):%Y%m%dT%H%M}"
        of = "" if run.family == "degree" else run.family
        whose = "-".join(filter(None, (run.institution.code, of, run.scope.replace(":", "-"))))
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
