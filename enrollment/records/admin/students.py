from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import can
from common.admin import ActingAdmin, Fact, Table, row_link
from common.admin.filters import choose
from common.admin.scoped import Crumb, recorded
from common.dates import today
from common.errors import DomainError
from common.masking import mask, mask_in
from common.verbs import verb_label
from enrollment.duties.admin.duties import REGISTER_YEAR
from enrollment.records.admin.filters import (
    ChooseBatch,
    ChooseMajor,
    ChooseMissing,
    ChooseProvinceOfStudent,
    WriteCenter,
)
from enrollment.records.admin.looking import looks
from enrollment.records.admin.revisions import revisions_table
from enrollment.records.admin.timeline import strip
from enrollment.records.models.changes import ChangeKind, StudentChange
from enrollment.records.models.students import Student, StudentEntry, StudentPeriod, StudentState
from enrollment.records.services.finding import find_students
from enrollment.requests.admin.asking import ASK, CORRECT_FACT, TAKE_BACK, WITHDRAW_FUTURE
from enrollment.requests.models.requests import ChangeRequest
from exchange.models import ImportBatch
from learning_centers.models.majors import LevelPath, StudyForm
from people.reports.numbers import personal_numbers

LATEST = 20


@admin.register(Student)
class StudentAdmin(ActingAdmin):
    verb_to_view = "enrollment.view_students"
    list_display = ["student_no", "name", "state", "center", "batch", "major", "level"]
    list_select_related = [
        "person",
        "current_center",
        "current_programme_version__programme__major",
        "entry_batch",
    ]
    list_filter = [
        WriteCenter,
        choose("state", _("state"), "current_state", StudentState),
        ChooseBatch,
        ChooseMajor,
        choose("level", _("level path"), "current_programme_version__programme__level_path", LevelPath),
        choose("form", _("study form"), "current_programme_version__study_form", StudyForm),
        ChooseProvinceOfStudent,
        ChooseMissing,
    ]
    ordering = ["-id"]
    sortable_by = ()
    search_fields = ["student_no"]
    search_help_text = _("Student number, name, pinyin or full identity number")
    list_per_page = 100
    record_template = "admin/enrollment/student.html"
    record_select_related = ("institution",)
    acts = (CORRECT_FACT,)
    many_acts = (ASK, REGISTER_YEAR)

    @admin.display(description=pgettext_lazy("person", "name"))
    def name(self, row: Any) -> str:
        return row.person.name

    @admin.display(description=_("state"))
    def state(self, row: Any) -> str:
        return row.get_current_state_display()

    @admin.display(description=_("learning centre"))
    def center(self, row: Any) -> str:
        return str(row.current_center)

    @admin.display(description=_("batch"))
    def batch(self, row: Any) -> str:
        return str(row.entry_batch)

    @admin.display(description=_("major"))
    def major(self, row: Any) -> str:
        return str(row.current_programme_version.programme.major)

    @admin.display(description=_("level path"))
    def level(self, row: Any) -> str:
        version = row.current_programme_version
        return f"{version.programme.get_level_path_display()} · {version.get_study_form_display()}"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        institutions = request.user.institutions(self.verb_to_view).values_list("pk", flat=True)
        try:
            return find_students(queryset, search_term, list(institutions), by=request.user), False
        except DomainError as refusal:
            self.message_user(request, str(refusal.message), messages.ERROR)
            return queryset.none(), False

    def heading(self, row: Any) -> str:
        return f"{row.person.name} · {row.student_no}"

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        known = {"student": row}
        entry = StudentEntry.objects.current().filter(**known).select_related("recorded_in__actor").get()
        periods = list(
            StudentPeriod.objects.current()
            .filter(**known)
            .select_related("center", "programme_version__programme__major", "recorded_in")
            .order_by("position")
        )
        changes = list(
            StudentChange.objects.current()
            .filter(**known)
            .select_related("recorded_in__actor", "new_center", "new_programme_version__programme__major")
            .order_by("effective_date", "id")
        )
        in_force = [one for one in changes if one.in_force]
        return {
            "facts": self._facts(row, entry),
            "numbers": personal_numbers(row.person),
            "reveal_url": reverse("admin:people_person_reveal", args=(row.person.public_id,)),
            "may_reveal": can(request.user, "people.reveal_number"),
            "strip": strip(periods, in_force, today(row.institution)),
            "tables": [
                self._periods(periods),
                self._changes(request, row, changes),
                *_requests(request, row),
                *revisions_table(row),
                self._evidence(request, entry, changes),
                looks(request, row, self.verb_to_view, row.person),
            ],
        }

    def offered(self, request: HttpRequest, row: Any) -> list[Crumb]:
        asking = [Crumb(ASK.label, self.many_url(ASK.name, [row]))] if self.may(request, ASK, row) else []
        return [*asking, *super().offered(request, row)]

    def _facts(self, row: Any, entry: StudentEntry) -> list[Fact]:
        version = row.current_programme_version
        return [
            Fact(_("student number"), row.student_no),
            row_link(row.person, _("person")),
            Fact(_("sex"), row.person.get_sex_display()),
            Fact(_("birth date"), row.person.birth_date),
            Fact(_("state"), row.get_current_state_display()),
            row_link(row.current_center, _("learning centre")),
            Fact(_("programme"), version.programme),
            Fact(_("study form"), version.get_study_form_display()),
            Fact(_("entry date"), entry.entry_date),
            Fact(_("entry batch"), row.entry_batch),
            Fact(_("kind of entry"), entry.get_kind_display()),
            Fact(_("length"), entry.length),
            Fact(_("expected graduation"), entry.expected_graduation),
            Fact(_("candidate number"), mask(entry.candidate_no)),
            Fact(_("number of the prior certificate"), mask(entry.prior_certificate_no)),
        ]

    def _periods(self, periods: list[Any]) -> Table:
        columns = [
            _("from"),
            _("until (exclusive)"),
            _("state"),
            _("learning centre"),
            _("programme"),
            _("begun by"),
            _("ended by"),
            _("evidence"),
        ]
        rows = [
            [one.begin, one.end, one.get_state_display(), row_link(one.center), one.programme_version,
             kind_label(one.begun_by), kind_label(one.ended_by), recorded(one)]
            for one in periods
        ]  # fmt: skip
        return Table(_("Periods"), columns, rows)

    def _changes(self, request: HttpRequest, row: Any, changes: list[Any]) -> Table:
        may_ask, may_withdraw = can(request.user, TAKE_BACK.verb), can(request.user, WITHDRAW_FUTURE.verb)
        columns = [
            _("effective date"),
            _("kind"),
            _("decision number"),
            _("before"),
            _("after"),
            _("origin"),
            _("evidence"),
            _("in force"),
        ]
        rows = []
        for one in changes:
            state: Any = Fact(_("in force"), _("yes") if one.in_force else _("taken back"))
            if one.in_force and may_withdraw and one.effective_date > today(row.institution):
                url = reverse("admin:enrollment_studentchange_withdraw_future", args=(one.public_id,))
                state = Fact(_("in force"), _("withdraw before its day"), url)
            elif one.in_force and may_ask:
                url = reverse("admin:enrollment_studentchange_take_back", args=(one.public_id,))
                state = Fact(_("in force"), _("take back"), url)
            after = one.new_center or one.new_programme_version or mask_in(one.new_value)
            rows.append(
                [one.effective_date, one.name, one.decision_no, mask_in(one.old_value), after,
                 one.get_origin_display(), recorded(one), state]
            )  # fmt: skip
        return Table(_("Change documents"), columns, rows, _("No change since entry."))

    def _evidence(self, request: HttpRequest, entry: StudentEntry, changes: list[Any]) -> Table:
        """By whom, when and from which file it became known; one line per recording."""
        entries = {one.recorded_in_id: one for one in [*changes, entry]}
        sources = {one.recorded_in.source for one in entries.values()}
        files = {
            one.public_id: one
            for one in ImportBatch.objects.visible_to(request.user, "exchange.view_imports").filter(
                public_id__in=sources
            )
        }
        rows = [
            [
                recorded(one),
                one.recorded_in.instant,
                one.recorded_in.by,
                verb_label(one.recorded_in.reason),
                _file(files.get(one.recorded_in.source)),
            ]
            for _key, one in sorted(entries.items())
        ]
        return Table(_("Evidence"), [_("recording"), _("at"), _("by"), _("act"), _("file")], rows)


def _requests(request: HttpRequest, student: Student) -> list[Table]:
    """What is asked for and what was corrected, the latest first; values of corrections stay with their request."""
    found = ChangeRequest.objects.filter(student=student).visible_to(request.user, "enrollment.view_requests")
    rows = [
        [Fact("", one.about, reverse("admin:enrollment_changerequest_change", args=(one.public_id,))),
         one.effective_date, one.get_status_display(), one.decision_no]
        for one in found.order_by("-id")[:LATEST]
    ]  # fmt: skip
    columns = [_("kind"), _("effective date"), _("state"), _("decision number")]
    return [Table(_("Requests and corrections"), columns, rows)] if rows else []


def kind_label(kind: str) -> Any:
    labels = dict(ChangeKind.choices) | dict(StudentEntry.Kind.choices)
    return labels.get(kind, kind)


@admin.register(StudentChange)
class StudentChangeAdmin(ActingAdmin):
    """Documents in the order in which they became known."""

    verb_to_view = "enrollment.view_students"
    list_display = ["effective_date", "kind", "student_no", "name", "decision_no", "origin", "standing"]
    list_select_related = ["student__person"]
    list_filter = [
        choose("kind", _("kind"), "kind", ChangeKind),
        choose("origin", _("origin"), "origin", StudentChange.Origin),
    ]
    ordering = ["-id"]
    sortable_by = ()
    acts = (TAKE_BACK, WITHDRAW_FUTURE)
    record_select_related = ("student__institution",)
    facts_of = (
        "kind", "effective_date", "origin", "decision_no", "decision_date", "old_value", "new_value", "new_center",
        "new_programme_version", "applicant", "in_force",
    )  # fmt: skip

    def heading(self, row: Any) -> str:
        return f"{row} · {row.student.student_no}"

    @admin.display(description=_("in force"))
    def standing(self, row: Any) -> Any:
        return _("yes") if row.in_force else _("taken back")

    @admin.display(description=_("student number"))
    def student_no(self, row: Any) -> str:
        return row.student.student_no

    @admin.display(description=pgettext_lazy("person", "name"))
    def name(self, row: Any) -> str:
        return row.student.person.name

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        context = super().record(request, row)
        student = reverse("admin:enrollment_student_change", args=(row.student.public_id,))
        facts = [
            Fact(_("student"), f"{row.student.person.name} · {row.student.student_no}", student),
            *context["facts"],
        ]
        return {"facts": [*facts, recorded(row)], "tables": []}


def _file(batch: ImportBatch | None) -> Fact | str:
    return (
        Fact(_("file"), batch.name, reverse("admin:exchange_importbatch_change", args=(batch.public_id,)))
        if batch
        else ""
    )
