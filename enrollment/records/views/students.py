"""Students of my centre: find one, read the record, see a number in clear for a reason."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.audit import AuditNote, write_audit
from common.dates import today
from common.errors import DomainError
from common.models import AuditEvent
from enrollment.admission.services.judging import written
from enrollment.records.admin.timeline import strip
from enrollment.records.forms.students import PRESENT, PrintForm, RevealForm, StudentFilter
from enrollment.records.models.changes import StudentChange
from enrollment.records.models.students import Student, StudentEntry, StudentPeriod
from enrollment.records.services.finding import find_students
from enrollment.records.views.base import PortalView, SearchedView
from enrollment.requests.models.requests import ChangeRequest
from learning_centers.models import LearningCenter
from people.models import Contact, IdentityDocument, Person
from people.reports.numbers import personal_numbers
from people.services.exporting import mark_of, print_list
from people.services.revealing import reveal_contact, reveal_number

VIEW = "enrollment.view_students"
REVEAL = "people.reveal_number"
REQUESTS = "enrollment.view_requests"
PRINT = "people.ask_for_export"
A_SHEET = 100
ON_A_ROSTER = ("person", "current_center", "current_programme_version__programme__major", "entry_batch")
SAME_LOOK = dt.timedelta(hours=1)
"""Looking again within the hour is one look."""


class StudentList(SearchedView):
    verb = VIEW
    section = "students"
    takes = ("q", "state", "batch", "watch", "p")

    def get(self, request: HttpRequest) -> HttpResponse:
        students = self.rows(Student)
        form = StudentFilter(students, {**request.GET.dict(), "q": self.sought})
        found = self._found(form.narrow(students))
        page = self.paged(found.select_related(*ON_A_ROSTER).order_by("-id"))
        narrowed = any(request.GET.get(name) for name in ("q", "state", "batch", "watch"))
        return self.page("students", _("Students"), form=form, found=page, narrowed=narrowed)

    def _found(self, students: Any) -> Any:
        institutions = list({one.institution_id for one in self.centers})
        try:
            return find_students(students, self.sought, institutions, by=self.request.user)
        except DomainError as refusal:
            self.refused(refusal)
            return students.none()


class Roster(PortalView):
    """A list to print: number, name and programme of who is found, on the screen a hundred at a time. Posted it is printed whole,
    which counts as an export."""

    verb = VIEW
    section = "students"
    takes = ("state", "batch", "p")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request.GET, PrintForm())

    def _show(self, asked: Any, to_print: PrintForm, *, too_many: bool = False) -> HttpResponse:
        students, form = self.rows(Student, VIEW), self._filter(asked)
        found = self.paged(form.narrow(students).select_related(*ON_A_ROSTER).order_by("student_no"), A_SHEET)
        crumbs = [self.crumb("students", _("Students"))]
        return self.page(
            "roster", _("Roster"), crumbs=crumbs, form=form, found=found, today=today(),
            to_print=to_print if self.printable else None, too_many=too_many, narrowing=form.terms,
            here=reverse("portal:roster") if self.request.method == "POST" else "",
        )  # fmt: skip

    @property
    def printable(self) -> list[LearningCenter]:
        may = set(LearningCenter.objects.visible_to(self.request.user, PRINT).values_list("pk", flat=True))
        return [one for one in self.shown_centers if one.pk in may]

    def _filter(self, asked: Any) -> StudentFilter:
        named = {name: asked[name] for name in ("state", "batch") if name in asked}
        return StudentFilter(self.rows(Student, VIEW), {"state": PRESENT, **named})


class RosterPrint(Roster):
    """All that the filters choose, centre by centre, with who prints it and why on each sheet."""

    verb = PRINT
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form, chosen = PrintForm(request.POST), self._filter(request.POST)
        if form.is_valid() and chosen.is_valid():
            try:
                sheets = self._sheets(chosen.terms, form.cleaned_data["reason"])
            except DomainError as refusal:
                form.refused_at(refusal)
                return self._show(request.POST, form, too_many=refusal.code == "too_many_to_print")
            return self.page("roster_print", _("Roster"), sheets=sheets, today=today(), here=reverse("portal:roster"))
        return self._show(request.POST, form)

    @transaction.atomic
    def _sheets(self, terms: dict[str, Any], reason: str) -> list[tuple[Any, str, Any]]:
        """(centre, mark, students) of each centre that is looked at; all of them or none."""
        by, sheets, empty = self.request.user, [], None
        for center in self.printable:
            try:
                export, rows = print_list("roster", terms, reason=reason, center=center, by=by)
            except DomainError as refusal:
                if refusal.code != "nothing_to_export":
                    raise
                empty = refusal
            else:
                sheets.append((center, mark_of(export), rows.select_related(*ON_A_ROSTER)))
        if empty and not sheets:
            raise empty
        return sheets


class FormerStudentList(SearchedView):
    """Periods that were here of students who are elsewhere now: the period alone, nothing of what came after."""

    verb = VIEW
    section = "students"
    takes = ("q", "p")

    def get(self, request: HttpRequest) -> HttpResponse:
        here = [one.pk for one in self.centers]
        periods = self.rows(StudentPeriod).filter(end__isnull=False).exclude(student__current_center__in=here)
        if self.sought:
            periods = periods.filter(student__student_no=written(self.sought))
        related = ("student", "center", "programme_version__programme__major")
        page = self.paged(periods.select_related(*related).order_by("-end", "-id"))
        crumbs = [self.crumb("students", _("Students"))]
        return self.page("former", _("Students who were here"), crumbs=crumbs, found=page, sought=self.sought)


class StudentRecord(PortalView):
    """A record reads like a file: who, where, the life as a strip, its documents, what was asked for."""

    verb = VIEW
    section = "students"

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        row = student_or_404(self, public_id)
        self._look(row)
        known = {"student": row}
        periods = self.reachable(StudentPeriod).filter(**known).order_by("position")
        periods = list(periods.select_related("center", "programme_version__programme__major"))
        changes = StudentChange.objects.current().filter(**known).order_by("-effective_date", "-id")
        changes = changes.select_related("new_center", "new_programme_version__programme__major")
        elsewhere = list(StudentPeriod.objects.current().filter(**known).exclude(pk__in=[one.pk for one in periods]))
        changes = [one for one in changes if not _is_elsewhere(one.effective_date, periods, elsewhere)]
        entry = StudentEntry.objects.current().filter(**known).select_related("batch").get()
        return self.page(
            "student",
            f"{row.person.name} · {row.student_no}",
            crumbs=[self.crumb("students", _("Students"))],
            row=row,
            entry=entry,
            came_from_elsewhere=bool(periods) and periods[0].center_id != entry.center_id,
            periods=periods,
            changes=changes,
            strip=strip(periods, [one for one in changes if one.in_force], today(row.institution)),
            requests=list(
                ChangeRequest.objects.filter(**known).visible_to(request.user, REQUESTS).order_by("-id")[:20]
            ),
            numbers=personal_numbers(row.person),
            may_reveal=can(request.user, REVEAL, row.person),
            may_request=can(request.user, "enrollment.request_change", row),
        )

    def _look(self, row: Student) -> None:
        """This look is written down, once an hour and user."""
        since = timezone.now() - SAME_LOOK
        seen = AuditEvent.objects.filter(
            subject_type="enrollment.student",
            subject_id=row.public_id,
            verb=VIEW,
            at__gt=since,
            actor=self.request.user,
        )
        if not seen.exists():
            write_audit([AuditNote(VIEW, row)], by=self.request.user, institution_id=row.institution_id)


def _is_elsewhere(day: dt.date, periods: list[StudentPeriod], elsewhere: list[StudentPeriod]) -> bool:
    """What happened on that day belongs to another centre's time; the day of leaving is ours as well."""
    away = any(one.begin <= day and (one.end is None or day < one.end) for one in elsewhere)
    return away and day not in {one.end for one in periods}


def student_or_404(view: PortalView, public_id: uuid.UUID) -> Any:
    programme = "current_programme_version__programme__major"
    return view.row_or_404(Student, public_id, "institution", "person", "current_center", "entry_batch", programme)


class RevealNumber(PortalView):
    """One number in clear, for a reason that is kept; nothing is shown before it is written down."""

    verb = REVEAL
    section = "students"

    def get(self, request: HttpRequest, public_id: uuid.UUID, kind: str, key: int) -> HttpResponse:
        return self._show(public_id, kind, key, RevealForm())

    def post(self, request: HttpRequest, public_id: uuid.UUID, kind: str, key: int) -> HttpResponse:
        form, number = RevealForm(request.POST), ""
        if form.is_valid():
            reveal = reveal_number if kind == "document" else reveal_contact
            try:
                row = self._row(student_or_404(self, public_id).person, kind, key)
                number = reveal(row, reason=form.cleaned_data["reason"], by=request.user)
            except DomainError as refusal:
                form.add_error("reason", str(refusal.message))
        return self._show(public_id, kind, key, form, number)

    def _row(self, person: Person, kind: str, key: int) -> Any:
        model = IdentityDocument if kind == "document" else Contact
        row = model.objects.current().filter(person=person, pk=key).first()
        if row is None:
            raise Http404
        return row

    def _show(self, public_id: uuid.UUID, kind: str, key: int, form: RevealForm, number: str = "") -> HttpResponse:
        student = student_or_404(self, public_id)
        row = self._row(student.person, kind, key)
        label = row.get_type_display() if kind == "document" else row.get_kind_display()
        crumbs = [
            self.crumb("students", _("Students")),
            self.crumb("student", f"{student.person.name} · {student.student_no}", student.public_id),
        ]
        context = {"form": form, "number": number, "label": label, "who": student.person.name, "back": crumbs[-1].url}
        return self.page("reveal", _("See a number in clear"), crumbs=crumbs, **context)
