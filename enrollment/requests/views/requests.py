"""Asking for changes, agreeing to transfers, and following a request to its decision."""

import uuid
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.dates import today
from common.errors import DomainError
from enrollment.attachments.services.attachments import attach
from enrollment.duties.reports.waiting import asked_of, lacking
from enrollment.records.models.students import Student
from enrollment.records.reasons import Reasons
from enrollment.records.services.checking import count_number_check
from enrollment.records.services.facts import follow_from, said_of
from enrollment.records.views.base import PortalView, seen_version, tabs_of, told_steps
from enrollment.records.views.students import student_or_404
from enrollment.requests.forms.requests import KINDS, ConsentForm, RequestForm, kind_label
from enrollment.requests.models.requests import CORRECT, FACT_NAMES, ChangeRequest, RequestParty, RequestStatus
from enrollment.requests.services.request_steps import may_take_up
from enrollment.requests.services.requesting import (
    edit_request,
    give_consent,
    request_change,
    submit_request,
    withdraw_request,
)

VIEW = "enrollment.view_requests"
ASK, CONSENT = "enrollment.request_change", "enrollment.consent_change"
ASKED = "asked"
RELATED = ("institution", "student__person", "student__current_center", "new_center", "requested_by")
PROGRAMME = ("new_programme_version__programme__major", "student__current_programme_version__programme__major")


class RequestList(PortalView):
    verb = VIEW
    section = "requests"
    takes = ("status", "p")

    def get(self, request: HttpRequest) -> HttpResponse:
        rows, tab = self.rows(ChangeRequest), request.GET.get("status", "")
        asked = rows.filter(pk__in=asked_of(self.shown_centers).values("request"))
        tabs = tabs_of(rows, RequestStatus, tab, (ASKED, _("Your word is asked"), asked.count()))
        if tab == ASKED:
            rows = asked
        elif tab in RequestStatus:
            rows = rows.filter(status=tab)
        found = self.paged(rows.select_related(*RELATED).order_by("-id"))
        return self.page("requests", _("Requests"), found=found, tabs=tabs, tab=tab)


class RequestKinds(PortalView):
    """First what is asked for, then the form of just that."""

    verb = ASK
    section = "requests"

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        student = student_or_404(self, public_id)
        kinds = [(kind, kind_label(kind), sentence) for kind, sentence in KINDS.items()]
        return self.page(
            "request_kinds", _("Request a change"), crumbs=crumbs_of(self, student), row=student, kinds=kinds
        )


class RequestNew(PortalView):
    verb = ASK
    section = "requests"

    def get(self, request: HttpRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
        student = student_or_404(self, public_id)
        form = RequestForm(student, self._known(kind), initial={"effective_date": today(student.institution)})
        return self._show(student, form)

    def post(self, request: HttpRequest, public_id: uuid.UUID, kind: str) -> HttpResponse:
        student = student_or_404(self, public_id)
        form = RequestForm(student, self._known(kind), request.POST, request.FILES)
        if form.is_valid():
            try:
                count_number_check(form.typed_number, by=request.user)
                asked = _ask(student, form, save_only="save" in request.POST, by=request.user)
            except DomainError as refusal:
                form.refused_at(refusal)
            else:
                self.told(_("Saved as a draft.") if "save" in request.POST else _("The request was handed in."))
                return redirect("portal:request", asked.public_id)
        return self._show(student, form)

    def _known(self, kind: str) -> str:
        if kind not in KINDS:
            raise Http404
        return kind

    def _show(self, student: Student, form: RequestForm) -> HttpResponse:
        return self.page(
            "request_form", capfirst(kind_label(form.kind)), crumbs=crumbs_of(self, student), row=student, form=form,
            about=KINDS[form.kind], back=reverse("portal:request_kinds", args=[student.public_id]),
        )  # fmt: skip


@transaction.atomic
def _ask(student: Student, form: RequestForm, *, save_only: bool, by: Any) -> ChangeRequest:
    """The request with its evidence, handed in as one act: what is refused leaves nothing behind."""
    asked = request_change(student, form.draft, save_only=True, by=by)
    _attach(asked, form, by)
    return asked if save_only else submit_request(asked, by=by)


def _attach(asked: ChangeRequest, form: RequestForm, by: Any) -> None:
    for file in form.cleaned_data["evidence"]:
        attach(asked, "evidence", file.name, file.read(), by=by)


class RequestEdit(PortalView):
    """A draft, or a request that came back, written anew and handed in again."""

    verb = ASK
    section = "requests"

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        asked, student = self._editable(public_id)
        return self._show(asked, RequestForm(student, asked.kind, initial=RequestForm.initial_of(asked)))

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        asked, student = self._editable(public_id)
        form = RequestForm(student, asked.kind, request.POST, request.FILES)
        if form.is_valid():
            try:
                count_number_check(form.typed_number, by=request.user)
                self._write(asked, form)
            except DomainError as refusal:
                form.refused_at(refusal)
            else:
                self.told(_("Saved as a draft.") if "save" in request.POST else _("The request was handed in."))
                return redirect("portal:request", asked.public_id)
        return self._show(asked, form)

    @transaction.atomic
    def _write(self, asked: ChangeRequest, form: RequestForm) -> None:
        by, seen = self.request.user, seen_version(self.request)
        asked = edit_request(asked, form.draft, seen=seen, by=by)
        _attach(asked, form, by)
        if "save" not in self.request.POST:
            submit_request(asked, by=by)

    def _editable(self, public_id: uuid.UUID) -> tuple[Any, Any]:
        asked = self.row_or_404(ChangeRequest, public_id, *RELATED)
        is_open = asked.status in (RequestStatus.DRAFT, RequestStatus.RETURNED)
        if asked.kind not in KINDS or not is_open or not may_take_up(asked, self.request.user):
            raise Http404
        return asked, student_or_404(self, asked.student.public_id)

    def _show(self, asked: ChangeRequest, form: RequestForm) -> HttpResponse:
        return self.page(
            "request_form", capfirst(kind_label(form.kind)), crumbs=[*crumbs_of(self, asked.student)], row=asked.student,
            form=form, about=KINDS[form.kind], asked=asked, back=reverse("portal:request", args=[asked.public_id]),
        )  # fmt: skip


class RequestPage(PortalView):
    """What is asked for, who has said what, what is missing."""

    verb = VIEW
    section = "requests"

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        return show_request(self, self.row_or_404(ChangeRequest, public_id, *RELATED, *PROGRAMME))


def show_request(view: PortalView, asked: Any, refused: dict[str, ConsentForm] | None = None) -> HttpResponse:
    """`refused` is the word of a side that was not taken just now, as it was typed."""
    by, ours, words = view.request.user, {one.pk for one in view.centers}, refused or {}
    parties = list(asked.parties.select_related("center", "said_by"))
    mine = [one for one in parties if one.center_id in ours and one.consent == RequestParty.Consent.WAITING]
    if asked.status == RequestStatus.SUBMITTED and can(by, CONSENT):
        words = {one.side: consent_form(one.side) for one in mine} | words
    is_ours = asked.student.current_center_id in ours
    may_ask = is_ours and can(by, ASK, asked.student) and may_take_up(asked, by)
    return view.page(
        "request",
        f"{capfirst(asked.get_kind_display())} · {asked.student.person.name}",
        crumbs=[view.crumb("requests", _("Requests"))],
        row=asked,
        is_ours=is_ours,
        parties=parties,
        asked_of_us=[(one, words[one.side]) for one in parties if one.side in words],
        steps=told_steps(asked),
        why=Reasons.of(asked.institution).label(f"change.{asked.kind}", asked.reason_code),
        attachments=list(view.reachable(asked.attachments.model).filter(request=asked, removed_at__isnull=True)),
        lacking=lacking(asked, parties),
        values=corrected_values(asked),
        may_read_reason=is_ours and asked.status in (RequestStatus.DRAFT, RequestStatus.RETURNED),
        may_edit=may_ask and asked.kind in KINDS and asked.status in (RequestStatus.DRAFT, RequestStatus.RETURNED),
        may_withdraw=may_ask and RequestStatus.WITHDRAWN in asked.MOVES.get(RequestStatus(asked.status), ()),
        here=reverse("portal:request", args=[asked.public_id]),
    )


def consent_form(side: str, posted: Any = None) -> ConsentForm:
    """Each side's form has its own ids: one may answer for both centres."""
    return ConsentForm(posted, auto_id=f"%s-{side}")


class RequestWithdraw(PortalView):
    verb = ASK
    section = "requests"

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        asked = self.row_or_404(ChangeRequest, public_id, "student")
        try:
            withdraw_request(asked, seen=seen_version(request), by=request.user)
        except DomainError as refusal:
            self.refused(refusal)
        else:
            self.told(_("The request was withdrawn."))
        return redirect("portal:request", public_id)


class RequestConsent(PortalView):
    """The word of one of my centres on a transfer from it or to it."""

    verb = CONSENT
    section = "requests"

    def post(self, request: HttpRequest, public_id: uuid.UUID, side: str) -> HttpResponse:
        party = (
            self.reachable(RequestParty)
            .filter(request__public_id=public_id, side=side)
            .select_related("request")
            .first()
        )
        if party is None:
            raise Http404
        form = consent_form(side, request.POST)
        if form.is_valid():
            try:
                give_consent(
                    party, agrees="agrees" in request.POST, comment=form.cleaned_data["comment"],
                    seen=seen_version(request), by=request.user,
                )  # fmt: skip
            except DomainError as refusal:
                form.refused_at(refusal)
            else:
                self.told(_("Your word is recorded."))
                return redirect("portal:request", public_id)
        return show_request(self, self.row_or_404(ChangeRequest, public_id, *RELATED, *PROGRAMME), {side: form})


def corrected_values(asked: ChangeRequest) -> list[tuple[Any, str, str]]:
    """(fact, before, after) of a correction and of what follows from it; numbers are masked."""
    if asked.kind != CORRECT:
        return []
    itself = asked.fact, said_of(asked.fact, asked.old_value), said_of(asked.fact, asked.new_value)
    return [(FACT_NAMES.get(fact, fact), *values) for fact, *values in (itself, *follow_from(asked))]


def crumbs_of(view: PortalView, student: Any) -> list[Any]:
    name = f"{student.person.name} · {student.student_no}"
    return [view.crumb("students", _("Students")), view.crumb("student", name, student.public_id)]
