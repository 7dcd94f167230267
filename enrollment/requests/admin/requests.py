"""Requests: the queue of what waits for the second person, and one request with the life before and after it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from common.admin import Act, ActingAdmin, Fact, Table, row_link
from common.admin.filters import Choose, choose
from common.dates import today
from common.errors import DomainError
from common.verbs import verb_label
from enrollment.admission.services.judging import written
from enrollment.attachments.admin.papers import papers_table
from enrollment.records.admin.filters import WriteCenter
from enrollment.records.admin.looking import looks
from enrollment.records.admin.timeline import Strip, strip
from enrollment.records.life import Life
from enrollment.records.models.students import PeriodState
from enrollment.records.reasons import Reasons
from enrollment.records.services.facts import follow_from, said_of
from enrollment.requests.admin.asking import EDIT
from enrollment.requests.admin.request_acts import REQUEST_ACTS, asked_by_yourself, decided_alone
from enrollment.requests.models.requests import (
    ALIVE,
    CORRECT,
    FACT_NAMES,
    REQUEST_KINDS,
    ChangeCase,
    ChangeRequest,
    RequestParty,
    RequestStatus,
)
from enrollment.requests.services.requesting import preview_request
from learning_centers.models import LearningCenter, ProgrammeVersion
from learning_centers.reports.filings import Caution
from people.models import Person


@dataclass(frozen=True)
class Shown:
    """A life as a strip and as a table."""

    title: str
    strip: Strip
    table: Table

    @classmethod
    def of(cls, title: str, life: Life, day: dt.date, names: dict[tuple[str, int], str]) -> "Shown":
        columns = [_("from"), _("until (exclusive)"), _("state"), _("learning centre"), _("programme")]
        rows = [
            [one.begin, one.end, PeriodState(one.state).label, names["center", one.center_id],
             names["version", one.programme_version_id]]
            for one in life.periods
        ]  # fmt: skip
        caption = _("Periods afterwards: %(state)s") % {"state": life.state.label}
        return cls(title, strip(life.periods, [], day), Table(caption, columns, rows))


class WriteCenterOfRequest(WriteCenter):
    """One of the centres that the request concerns."""

    path = "parties__center"

    def narrow(self, queryset: Any, text: str) -> Any:
        found = super().narrow(ChangeRequest.objects.all(), text)
        return queryset.filter(pk__in=found.values("pk"))


class ChooseWaiting(Choose):
    title = gettext_lazy("waits for")
    parameter_name = "waits"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [
            ("decision", _("a decision by the second person")),
            ("mine", _("a decision by somebody else (asked for by me)")),
            ("consent", _("the word of a centre")),
            ("asker", _("the person who asked (returned)")),
        ]

    def narrow(self, request: HttpRequest, queryset: Any, value: str) -> Any:
        narrowed = {
            "decision": lambda: queryset.ready_to_decide().exclude(requested_by=request.user),
            "mine": lambda: queryset.waiting().filter(requested_by=request.user),
            "consent": queryset.awaiting_consent,
            "asker": queryset.came_back,
        }
        return narrowed[value]()


class OfCase(Choose):
    """The requests of one case; the links of a case's page use it."""

    title = gettext_lazy("case")
    parameter_name = "case"

    def options(self, request: HttpRequest) -> list[tuple[str, Any]]:
        cases = ChangeCase.objects.visible_to(request.user, "enrollment.view_requests").select_related("center")
        return [(str(one.public_id), f"{one} · {one.center or one.reason[:40]}") for one in cases.order_by("-id")[:100]]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Also of a case that is too old to be offered: its page leads here."""
        try:
            return queryset.filter(case__public_id=uuid.UUID(self.value())) if self.value() else queryset
        except ValueError as error:
            raise BadRequest("a key that is none") from error


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ActingAdmin):
    verb_to_view = "enrollment.view_requests"
    list_display = ["student_no", "name", "kind", "effective", "state", "waits", "requested_by", "requested_at", "case"]
    list_select_related = ["student__person", "requested_by", "case"]
    list_filter = [
        ChooseWaiting,
        choose("state", gettext_lazy("state"), "status", RequestStatus),
        choose("kind", gettext_lazy("kind"), "kind", REQUEST_KINDS),
        WriteCenterOfRequest,
        OfCase,
    ]
    ordering = ["-id"]
    sortable_by = ()
    search_fields = ["student__student_no"]
    search_help_text = gettext_lazy("Student number, name or pinyin")
    list_per_page = 100
    record_template = "admin/enrollment/request.html"
    acts = (*REQUEST_ACTS[:3], EDIT, *REQUEST_ACTS[3:])
    record_select_related = (
        "institution",
        "decided_by",
        "new_center",
        "new_programme_version__programme__major",
        "document",
        "student__current_center",
        "student__current_programme_version__programme__major",
    )

    @admin.display(description=gettext_lazy("student number"))
    def student_no(self, row: Any) -> str:
        return row.student.student_no

    @admin.display(description=gettext_lazy("student"))
    def name(self, row: Any) -> str:
        return row.student.person.name

    @admin.display(description=gettext_lazy("effective date"))
    def effective(self, row: Any) -> Any:
        return row.effective_date or "—"

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> str:
        return row.get_status_display()

    @admin.display(description=gettext_lazy("waits for"))
    def waits(self, row: Any) -> Any:
        if row.status != RequestStatus.SUBMITTED:
            return "—"
        return _("the word of a centre") if row.side_is_asked else _("a second person")

    def get_queryset(self, request: HttpRequest) -> Any:
        asked = RequestParty.objects.filter(request=OuterRef("pk"), consent=RequestParty.Consent.WAITING)
        return super().get_queryset(request).annotate(side_is_asked=Exists(asked))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        number = written(search_term)
        if not number:
            return queryset, False
        named = Person.objects.named_like(search_term).current()
        return queryset.filter(Q(student__student_no=number) | Q(student__person__in=named)), False

    def heading(self, row: Any) -> str:
        return f"{row.get_kind_display()} · {row.student.person.name} · {row.student.student_no}"

    def about(self, row: Any) -> list[Fact]:
        return [
            Fact(_("state"), row.get_status_display()),
            row_link(row.student, _("student")),
            Fact(_("kind"), row.get_kind_display()),
            Fact(_("effective date"), row.effective_date),
        ]

    def may(self, request: HttpRequest, act: Act, row: Any) -> bool:
        """Whoever asked is not offered the decision, unless the institution wants no second person for this kind."""
        decides = act.name in ("approve", "return", "reject")
        if decides and asked_by_yourself(row, request.user) and not decided_alone(row):
            return False
        return super().may(request, act, row)

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        lives, warnings = self._lives(row)
        if (told := asked_by_yourself(row, request.user)) and not decided_alone(row):
            warnings.append(Caution("", told))
        return {
            "facts": self._facts(row),
            "warnings": warnings,
            "lives": lives,
            "tables": [
                *(life.table for life in lives[1:]),
                self._sides(row),
                papers_table(row),
                self._steps(row),
                looks(request, row, self.verb_to_view),
            ],
        }

    def _lives(self, row: Any) -> tuple[list["Shown"], list[Caution]]:
        """The life before and after what is asked for, while it is not decided; or why it is not possible."""
        if row.status not in ALIVE:
            return [], []
        try:
            before, after = preview_request(row)
        except DomainError as refusal:
            text = _("As things stand this is not possible: %(why)s") % {"why": refusal.message}
            return [], [Caution("wrong", text)]
        if row.kind == CORRECT and before == after:
            return [], []
        day = today(row.institution)
        names = self._names(before, after)
        return [Shown.of(_("Before"), before, day, names), Shown.of(_("After"), after, day, names)], []

    def _names(self, *lives: Life) -> dict[tuple[str, int], str]:
        periods = [period for life in lives for period in life.periods]
        centers = LearningCenter.objects.filter(pk__in={one.center_id for one in periods})
        versions = ProgrammeVersion.objects.filter(pk__in={one.programme_version_id for one in periods})
        return {("center", one.pk): str(one) for one in centers} | {
            ("version", one.pk): str(one) for one in versions.select_related("programme__major")
        }

    def _facts(self, row: Any) -> list[Fact]:
        """The explanation may tell of health: it is read while it is worked with, and afterwards with a reason."""
        said = [
            *self.about(row),
            Fact(_("new learning centre"), row.new_center),
            Fact(_("new programme"), row.new_programme_version),
            Fact(_("fact"), FACT_NAMES.get(row.fact, row.fact)),
            Fact(_("before"), said_of(row.fact, row.old_value)),
            Fact(_("after"), said_of(row.fact, row.new_value)),
            *(Fact(FACT_NAMES[name], f"{before} → {after}") for name, before, after in follow_from(row)),
            Fact(_("reason"), Reasons.of(row.institution).label(f"change.{row.kind}", row.reason_code)),
            Fact(_("explanation"), row.reason if row.status in ALIVE or not row.reason else _("sealed")),
            *(self.fact(row, name) for name in ("applicant", "decision_no", "decision_date")),
            *(self.fact(row, name) for name in ("provincial_approval_no", "requested_by", "requested_at")),
            *(self.fact(row, name) for name in ("decided_by", "decided_at", "refusal")),
        ]
        if row.case:
            said.append(row_link(row.case, _("case")))
        if row.document:
            said.append(row_link(row.document, _("document")))
        return [one for one in said if one.value not in (None, "")]

    def _sides(self, row: Any) -> Table:
        parties = row.parties.select_related("center", "said_by").order_by("side")
        rows = [
            [
                one.get_side_display(),
                row_link(one.center),
                one.get_consent_display(),
                one.said_by,
                one.said_at,
                one.comment,
            ]
            for one in parties
        ]
        columns = [pgettext("request", "side"), _("learning centre"), _("consent"), _("by"), _("at"), _("comment")]
        return Table(_("Centres concerned"), columns, rows)

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
        return Table(_("Steps"), columns, rows)
