"""Applications of my centre: enter one, hand it in, amend what came back, check in who was admitted."""

import uuid
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.dates import today
from common.errors import DomainError
from common.masking import mask
from common.showing import show_persons
from enrollment.admission.checklist import checklists
from enrollment.admission.forms.applications import SEALED, ApplicationForm, CheckInForm, PaperForm, WithdrawForm
from enrollment.admission.models.applications import Application, ApplicationCheck, ApplicationStatus
from enrollment.admission.models.places import AdmissionPlace
from enrollment.admission.services.applying import (
    edit_application,
    possible_duplicates,
    start_application,
    submission_faults,
    submit_application,
    withdraw_application,
)
from enrollment.admission.services.arriving import check_in, last_day_to_arrive
from enrollment.admission.services.judging import judge_identity, unusual_age
from enrollment.attachments.models.attachments import Attachment
from enrollment.attachments.services.attachments import attach
from enrollment.records.forms.students import RevealForm
from enrollment.records.reasons import Reasons
from enrollment.records.services.checking import count_number_check
from enrollment.records.services.revealing import NUMBERS, reveal_number_in
from enrollment.records.views.base import PortalView, SearchedView, seen_version, tabs_of, told_steps

VIEW = "enrollment.view_applications"
ENTER = "enrollment.enter_application"
WITHDRAW = "enrollment.withdraw_application"
CHECK_IN = "enrollment.check_in"
REVEAL = "people.reveal_number"
Status = ApplicationStatus
EDITABLE = (Status.DRAFT, Status.RETURNED)
RELATED = (
    "institution", "batch", "center_offering__institution", "center_offering__center__school",
    "center_offering__programme_version__programme__major",
)  # fmt: skip


class ApplicationList(SearchedView):
    verb = VIEW
    section = "applications"
    takes = ("q", "status", "p")

    def get(self, request: HttpRequest) -> HttpResponse:
        rows, tab = self.rows(Application), request.GET.get("status", "")
        tabs = tabs_of(rows, Status, tab)
        if tab in Status:
            rows = rows.filter(status=tab)
        if self.sought:
            rows = rows.named_like(self.sought)
        found = self.paged(rows.select_related(*RELATED).order_by("-id"))
        may = can(request.user, ENTER)
        return self.page(
            "applications", _("Applications"), found=found, tabs=tabs, tab=tab, sought=self.sought, may_enter=may
        )


class ApplicationNew(PortalView):
    verb = ENTER
    section = "applications"
    takes = ("place", "entry_kind")

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET[name] for name in ("place", "entry_kind") if name in request.GET}
        return self._show(ApplicationForm(self.rows(AdmissionPlace), initial=asked))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ApplicationForm(self.reachable(AdmissionPlace), request.POST, request.FILES)
        if form.is_valid():
            try:
                count_number_check(form.draft.id_no, by=request.user)
                application = _start(form, by=request.user)
            except DomainError as refusal:
                if refusal.code == "sent_twice":
                    return self._land_on_the_first(form.sent_as)
                form.refused_at(refusal)
            else:
                return _go_on(self, application)
        return self._show(form)

    def _show(self, form: ApplicationForm) -> HttpResponse:
        crumbs = [self.crumb("applications", _("Applications"))]
        for one in self.shown_centers[:1]:
            form.say_limits(one.institution)
        key, title = "new", _("New application")
        if form.is_transfer:
            key, title = "new-transfer", _("Transfer from another institution")
        return self.page("application_form", title, crumbs=crumbs, form=form, draft_key=key)

    def _land_on_the_first(self, sent_as: uuid.UUID | None) -> HttpResponse:
        """The same form again, pressed twice on a slow line: to what the first one made, if it can still be seen."""
        first = self.reachable(Application).filter(created_by=self.request.user, sent_as=sent_as).first()
        if first is None:
            return redirect("portal:applications")
        return _go_on(self, first) if first.status == Status.DRAFT else redirect("portal:application", first.public_id)


@transaction.atomic
def _start(form: ApplicationForm, *, by: Any) -> Application:
    place = form.cleaned_data["place"]
    application = start_application(place.center_offering, place.batch, form.draft, sent_as=form.sent_as, by=by)
    _attach(application, form, by)
    return application


def _attach(application: Application, form: Any, by: Any) -> None:
    for item, file in form.papers():
        try:
            attach(application, item, file.name, file.read(), by=by)
        except DomainError as refusal:
            refusal.details.setdefault("field", item)
            raise


def _go_on(view: PortalView, application: Application) -> HttpResponse:
    """After the draft is kept: hand it in if that was asked for, or say at the fields what is missing."""
    if "save" in view.request.POST:
        view.told(_("Saved as a draft."))
        return redirect("portal:application", application.public_id)
    try:
        submit_application(application, by=view.request.user)
    except DomainError as refusal:
        if "faults" in refusal.details:
            return redirect(f"{reverse('portal:application_edit', args=[application.public_id])}?faults=1")
        application.refresh_from_db()
        if application.status == Status.SUBMITTED:  # by the same form, sent twice
            return redirect("portal:application", application.public_id)
        view.told(_("Saved as a draft."))
        view.refused(refusal)
    else:
        view.told(_("The application was handed in."))
    return redirect("portal:application", application.public_id)


class ApplicationEdit(PortalView):
    """A draft, or what came back. With `?faults=1` the form says at once what keeps it from being handed in."""

    verb = ENTER
    section = "applications"
    takes = ("faults",)

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        row = self._editable(public_id)
        said = ApplicationForm.data_of(row)
        form = (
            ApplicationForm(None, said, own=row)
            if "faults" in request.GET
            else ApplicationForm(None, initial=said, own=row)
        )
        if form.is_bound and form.is_valid():
            form.show_faults(submission_faults(row))
        return self._show(row, form)

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        row = self._editable(public_id)
        form = ApplicationForm(None, request.POST, request.FILES, own=row)
        if form.is_valid():
            try:
                count_number_check(form.draft.id_no, by=request.user)
                row = self._write(row, form)
            except DomainError as refusal:
                form.refused_at(refusal)
                if refusal.code == "stale":
                    form.show_stored(row)
            else:
                return _go_on(self, row)
        return self._show(row, form)

    @transaction.atomic
    def _write(self, row: Application, form: ApplicationForm) -> Application:
        row = edit_application(row, form.draft, seen=seen_version(self.request), by=self.request.user)
        _attach(row, form, self.request.user)
        return row

    def _editable(self, public_id: uuid.UUID) -> Any:
        row = self.row_or_404(Application, public_id, *RELATED)
        if row.status not in EDITABLE:
            raise Http404
        return row

    def _show(self, row: Application, form: ApplicationForm) -> HttpResponse:
        form.say_limits(row.institution)
        name = _("Application of %(name)s") % {"name": row.name}
        crumbs = [self.crumb("applications", _("Applications")), self.crumb("application", name, row.public_id)]
        return self.page(
            "application_form", _("Amend the application"), crumbs=crumbs, form=form, row=row,
            attachments=_papers_of(row), came_back=_came_back(row), draft_key=f"{row.public_id}-{row.version}",
            kept=self.request.method == "GET" and "faults" in self.request.GET,
        )  # fmt: skip


class JudgeApplicant(PortalView):
    """While one types: what the number says, filled in, and who may be the same person. Answers with a part of the page."""

    verb = ENTER

    def post(self, request: HttpRequest) -> HttpResponse:
        own = None
        if (named := request.POST.get("own", "")) and (key := _uuid(named)):
            own = self.reachable(Application).filter(public_id=key).select_related(*RELATED).first()
        form = ApplicationForm(self.reachable(AdmissionPlace), request.POST, own=own)
        form.is_valid()
        verdict = judge_identity(form.cleaned_data.get("id_type", ""), form.cleaned_data.get("id_no", ""))
        if not self.shown_centers:
            raise Http404
        institution = own.institution if own else self.shown_centers[0].institution
        if place := form.cleaned_data.get("place"):
            institution = place.center_offering.institution
        twins, refusal = self._twins(institution, form, own, verdict)
        show_persons(request, len(twins))
        first_day = own.first_day if own else place.batch.starts_on if place else today(institution)
        birth = verdict.birth.isoformat() if verdict.valid and verdict.birth else ""
        context = {
            "verdict": verdict, "twins": twins, "refusal": refusal, "typed": bool(request.POST.get("id_no")), "form": form,
            "age": unusual_age(verdict.birth or form.cleaned_data.get("birth_date"), first_day),
            "birth": birth if birth != request.POST.get("birth_date") else "",
            "sex": verdict.sex if verdict.valid and verdict.sex != request.POST.get("sex") else "",
        }  # fmt: skip
        return render(request, "portal/judged.html", context)

    def _twins(self, institution: Any, form: ApplicationForm, own: Any, verdict: Any) -> tuple[list[Any], str]:
        """Who may be the same person, or why that is not said."""
        try:
            count_number_check(verdict.number if verdict.valid else "", by=self.request.user)
        except DomainError as refusal:
            return [], str(refusal.message)
        return possible_duplicates(institution, form.draft, besides=own, by=self.request.user), ""


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class ApplicationPage(PortalView):
    """The application as a file: where it stands, what came back and why, its documents, what happened."""

    verb = VIEW
    section = "applications"

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        return show_application(self, self.row_or_404(Application, public_id, *RELATED, "student"))


def show_application(view: PortalView, row: Any, withdraw: WithdrawForm | None = None) -> HttpResponse:
    """`withdraw` is what was refused just now, as it was typed."""
    by = view.request.user
    may_enter = can(by, ENTER, row)
    may_withdraw = Status.WITHDRAWN in row.MOVES.get(Status(row.status), ()) and can(by, WITHDRAW, row)
    hidden = {**SEALED, "candidate_no": mask}
    return view.page(
        "application",
        row.name,
        crumbs=[view.crumb("applications", _("Applications"))],
        row=row,
        masked={name: masked(getattr(row, name) or "") for name, masked in hidden.items()},
        may_reveal=can(by, REVEAL, row),
        came_back=_came_back(row),
        checks=_checks(row),
        attachments=_papers_of(row),
        steps=told_steps(row),
        may_edit=may_enter and row.status in EDITABLE,
        paper=PaperForm() if may_enter and row.status in (*EDITABLE, Status.SUBMITTED) else None,
        withdraw=withdraw or (WithdrawForm(row.institution) if may_withdraw else None),
        refused=withdraw,
        arrive_until=last_day_to_arrive(row) if row.status in TO_CHECK_IN else None,
        may_check_in=row.status in TO_CHECK_IN and can(by, CHECK_IN, row),
        today=today(row.institution),
        here=reverse("portal:application", args=[row.public_id]),
    )


TO_CHECK_IN = (Status.ACCEPTED, Status.PLACE_KEPT)


def _papers_of(row: Application) -> list[Attachment]:
    return list(row.attachments.filter(removed_at__isnull=True).defer("content", "original"))


def _came_back(row: Application) -> dict[str, Any] | None:
    """Why it was returned or rejected, in the words of who did it."""
    if row.status not in (Status.RETURNED, Status.REJECTED):
        return None
    step = row.steps.filter(status=row.status).exclude(reason_code="").order_by("-id").first()
    if step is None:  # amending is a step too, and gives no reason
        return None
    return {"reason": Reasons.of(row.institution).given_in(step), "comment": step.comment, "at": step.at}


def _checks(row: Application) -> list[tuple[Any, Any, str]]:
    """(item, finding, remark) of what the registrar has looked at."""
    path = row.center_offering.programme_version.programme.level_path
    names = {one.code: one for one in checklists(row.institution, [path])[path]}
    found = ApplicationCheck.objects.current().filter(application=row).order_by("pk")
    return [(names.get(one.item, one.item), one, one.remark or "") for one in found]


class RevealOfApplicant(PortalView):
    """One number of an applicant in clear, for a reason that is kept."""

    verb = REVEAL
    section = "applications"

    def get(self, request: HttpRequest, public_id: uuid.UUID, what: str) -> HttpResponse:
        return self._show(public_id, what, RevealForm())

    def post(self, request: HttpRequest, public_id: uuid.UUID, what: str) -> HttpResponse:
        row, form, number = self._row(public_id, what), RevealForm(request.POST), ""
        if form.is_valid():
            try:
                number = reveal_number_in(row, what, reason=form.cleaned_data["reason"], by=request.user)
            except DomainError as refusal:
                form.add_error("reason", str(refusal.message))
        return self._show(public_id, what, form, number)

    def _row(self, public_id: uuid.UUID, what: str) -> Any:
        if what not in NUMBERS:
            raise Http404
        return self.row_or_404(Application, public_id)

    def _show(self, public_id: uuid.UUID, what: str, form: RevealForm, number: str = "") -> HttpResponse:
        row = self._row(public_id, what)
        crumbs = [self.crumb("applications", _("Applications")), self.crumb("application", row.name, row.public_id)]
        label = Application._meta.get_field(what).verbose_name
        context = {"form": form, "number": number, "label": label, "who": row.name, "back": crumbs[-1].url}
        return self.page("reveal", _("See a number in clear"), crumbs=crumbs, **context)


class ApplicationWithdraw(PortalView):
    verb = WITHDRAW
    section = "applications"

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        row = self.row_or_404(Application, public_id, "institution")
        form = WithdrawForm(row.institution, request.POST)
        if form.is_valid():
            try:
                withdraw_application(row, **form.cleaned_data, seen=seen_version(request), by=request.user)
            except DomainError as refusal:
                form.refused_at(refusal)
            else:
                self.told(_("The application was withdrawn."))
                return redirect("portal:application", public_id)
        return show_application(self, self.row_or_404(Application, public_id, *RELATED, "student"), form)


class ApplicationPaper(PortalView):
    """One more document for an application that is under way."""

    verb = ENTER

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        row, form = self.row_or_404(Application, public_id, *RELATED), PaperForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                _attach(row, form, request.user)
            except DomainError as refusal:
                self.refused(refusal)
            else:
                self.told(_("The document is kept."))
        else:
            self.refused(DomainError(_("Choose a file, and say what it is."), code="required"))
        return redirect("portal:application", public_id)


class CheckInList(PortalView):
    """Who was admitted and is expected, the nearest batch first."""

    verb = CHECK_IN
    section = "applications"
    takes = ("p",)

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = self.rows(Application).filter(status__in=TO_CHECK_IN).select_related(*RELATED)
        found = self.paged(rows.order_by("batch__starts_on", "name", "pk"))
        crumbs = [self.crumb("applications", _("Applications"))]
        return self.page("check_in", _("Check-in"), crumbs=crumbs, found=found, today=today())


class CheckIn(PortalView):
    verb = CHECK_IN
    section = "applications"

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        row, form = self.row_or_404(Application, public_id, *RELATED), CheckInForm(request.POST)
        try:
            check_in(row, on=form.day(), seen=seen_version(request), by=request.user)
        except DomainError as refusal:
            self.refused(refusal)
        else:
            self.told(_("%(name)s is checked in.") % {"name": row.name})
        back = "portal:check_in_list" if "list" in request.POST else "portal:application"
        return redirect(back, *([] if "list" in request.POST else [public_id]))
