"""Recording a change for one student or for many: the form, what would follow from it, and a line per student."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import can
from common.admin import DayInput
from common.errors import DomainError
from enrollment.life import Life
from enrollment.models import Student, StudentChange
from enrollment.models.changes import ChangeKind
from enrollment.services.changes import correct_entry_date, preview_change, record_change, reverse_change
from enrollment.services.entering import ChangeDraft
from learning_centers.models import LearningCenter, ProgrammeVersion

MOST_AT_ONCE = 100


class ChangeForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[("", "—"), *ChangeKind.choices])
    effective_date = forms.DateField(label=gettext_lazy("Effective date"), widget=DayInput())
    center_code = forms.CharField(
        label=gettext_lazy("New learning centre"),
        required=False,
        help_text=gettext_lazy("Its code; for a change of centre."),
    )
    programme_version = forms.ModelChoiceField(
        label=gettext_lazy("New programme"),
        queryset=ProgrammeVersion.objects.none(),
        required=False,
        help_text=gettext_lazy("For a change of major or of study form."),
    )
    decision_no = forms.CharField(label=gettext_lazy("Decision number"), max_length=200, required=False)
    decision_date = forms.DateField(label=gettext_lazy("Decision date"), widget=DayInput(), required=False)
    applicant = forms.CharField(label=gettext_lazy("Applicant"), max_length=100, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, help_text=gettext_lazy("Kept sealed: it may tell of health.")
    )

    def __init__(self, user: Any, institution_ids: set[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = ProgrammeVersion.objects.visible_to(user).current().filter(institution_id__in=institution_ids)
        self.fields["programme_version"].queryset = versions.select_related("programme__major").order_by(
            "programme__major__code", "id"
        )
        self.centers = LearningCenter.objects.visible_to(user).current().filter(institution_id__in=institution_ids)
        self.fields["center_code"].widget.attrs |= {
            "list": "centers", "autocomplete": "off", "hx-get": reverse("admin:learning_centers_suggest"),
            "hx-trigger": "input changed delay:200ms", "hx-target": "#centers",
        }  # fmt: skip

    def clean_center_code(self) -> LearningCenter | None:
        code = self.cleaned_data["center_code"].strip()
        if not code:
            return None
        center = self.centers.filter(code=code).first()
        if center is None:
            raise ValidationError(_("There is no learning centre with the code %(code)s.") % {"code": code})
        return center

    def draft(self) -> ChangeDraft:
        said = self.cleaned_data
        center, version = said["center_code"], said["programme_version"]
        return ChangeDraft(
            kind=said["kind"],
            effective_date=said["effective_date"],
            decision_no=said["decision_no"],
            decision_date=said["decision_date"],
            new_value=center.code if center else "",
            new_center_id=center.pk if center else None,
            new_programme_version_id=version.pk if version else None,
            reason=said["reason"],
            applicant=said["applicant"],
            origin=StudentChange.Origin.STAFF,
        )


@dataclass(frozen=True)
class Outlook:
    """What a change would do to one student: the life before and after, or why not."""

    student: Student
    before: Life | None = None
    after: Life | None = None
    refusal: str = ""


def mark_of(draft: ChangeDraft, outlooks: list[Outlook]) -> str:
    """What was shown in the preview: whatever has changed since, form, students or outcome, is shown again first."""
    shown = sorted((str(one.student.public_id), one.refusal, repr(one.after)) for one in outlooks)
    return hashlib.sha256(repr((draft, shown)).encode()).hexdigest()[:32]


def outlook(student: Student, draft: ChangeDraft) -> Outlook:
    try:
        return Outlook(student, *preview_change(student, draft))
    except DomainError as refusal:
        return Outlook(student, refusal=str(refusal.message))


def carry_out(student: Student, draft: ChangeDraft, by: Any) -> Outlook:
    try:
        return Outlook(student, after=record_change(student, draft, by=by))
    except DomainError as refusal:
        return Outlook(student, refusal=str(refusal.message))


def record_changes(page: Any, request: HttpRequest, chosen: list[Any] | None = None) -> HttpResponse:
    """First the form, then a preview with a line per student, then the same lines as a report."""
    if not can(request.user, "enrollment.record_change"):
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    wanted = asked.getlist("student") if chosen is None else chosen
    if len(wanted) > MOST_AT_ONCE:
        return _too_many(page, request, from_list=chosen is not None)
    students = _students(page, request, wanted)
    bound = request.POST if request.method == "POST" and chosen is None else None
    form = ChangeForm(request.user, {one.institution_id for one in students}, bound)
    outlooks: list[Outlook] = []
    step, seen = "form", ""
    if bound is not None and form.is_valid():
        draft = form.draft()
        outlooks = [outlook(one, draft) for one in students]
        seen, confirmed = mark_of(draft, outlooks), request.POST.get("confirmed")
        step = "report" if confirmed == seen else "preview"
        if step == "report":
            outlooks = [carry_out(one, draft, request.user) for one in students]
        elif confirmed:
            messages.warning(request, _("Nothing was recorded: what follows is no longer what was shown. Look again."))
    title = (
        _("Record a change")
        if len(students) != 1
        else _("Record a change for %(student)s") % {"student": students[0].person.name}
    )
    possible = sum(not one.refusal for one in outlooks)
    context = {
        "form": form,
        "students": students,
        "outlooks": outlooks,
        "step": step,
        "possible": possible,
        "seen": seen,
    }
    return page.page(request, "admin/enrollment/record_change.html", title, **context, refused=len(outlooks) - possible)


def _students(page: Any, request: HttpRequest, wanted: list[Any]) -> list[Student]:
    try:
        students = list(
            page.get_queryset(request).filter(public_id__in=wanted).select_related("person", "current_center")
        )
    except (ValidationError, ValueError) as error:
        raise Http404 from error
    if not students:
        raise Http404
    return students


def _too_many(page: Any, request: HttpRequest, *, from_list: bool) -> HttpResponse:
    """Back to the list, as it was narrowed where the choice was made in it."""
    text = _("At most %(most)s students at once; choose fewer or narrow the list.") % {"most": MOST_AT_ONCE}
    messages.error(request, text)
    return redirect(request.get_full_path() if from_list else page.list_crumb().url)


class TakeBackForm(forms.Form):
    decision_no = forms.CharField(label=gettext_lazy("Decision number"), max_length=200, required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def take_back(page: Any, request: HttpRequest, public_id: Any, change: Any) -> HttpResponse:
    student = page.row_or_404(request, public_id)
    document = StudentChange.objects.in_force().filter(student=student, public_id=change).first()
    if document is None or not can(request.user, "enrollment.reverse_change", student):
        raise Http404
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_change(document, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The document was taken back; both documents stay on file."))
            return redirect("admin:enrollment_student_change", student.public_id)
    title = _("Take back: %(change)s") % {"change": document}
    return page.page(request, "admin/enrollment/short_form.html", title, form=form, student=student, act=_("Take back"))


class CorrectEntryForm(forms.Form):
    entry_date = forms.DateField(label=gettext_lazy("Right entry date"), widget=DayInput())
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def correct_entry(page: Any, request: HttpRequest, public_id: Any) -> HttpResponse:
    student = page.row_or_404(request, public_id)
    if not can(request.user, "enrollment.correct_entry", student):
        raise Http404
    form = CorrectEntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            correct_entry_date(student, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The entry date was corrected; the earlier reading stays on file."))
            return redirect("admin:enrollment_student_change", student.public_id)
    title = _("Correct the entry date of %(student)s") % {"student": student.person.name}
    return page.page(request, "admin/enrollment/short_form.html", title, form=form, student=student, act=_("Correct"))
