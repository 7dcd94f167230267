"""Scans and photos on a record page: listed by name, opened one by one by a logged act, added while the matter is open."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm, Fact, Table, row_link
from common.errors import DomainError
from common.files import file_response
from enrollment.attachments.models.attachments import Attachment
from enrollment.attachments.services.attachments import (
    ERASED,
    attach,
    confirm_copy,
    needs_reason,
    open_attachment,
    open_original,
)


def papers_table(owner: Any) -> Table:
    """What was handed in; a click opens the file and stays in the trail."""
    kept = owner.attachments.filter(removed_at__isnull=True).defer(*ERASED).select_related("uploaded_by")
    kept = kept.annotate(has_original=Q(original__isnull=False))
    rows = [
        [
            one.get_item_display(),
            Fact("", one.name, reverse("admin:enrollment_attachment_open", args=(one.public_id,)), "enrollment.open_attachment"),
            one.content_type,
            one.size,
            one.uploaded_by,
            one.uploaded_at,
            _original(one),
        ]
        for one in kept
    ]  # fmt: skip
    columns = [_("item"), _("file name"), _("type"), _("bytes"), _("uploaded by"), _("uploaded at"), _("original")]
    return Table(_("Documents"), columns, rows, _("No document was handed in."))


def _original(paper: Any) -> Fact | str:
    if not paper.has_original:
        return ""
    url = reverse("admin:enrollment_attachment_confirm_copy", args=(paper.public_id,))
    return Fact("", _("compare with the copy"), url, "enrollment.confirm_copy")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It is kept with your name in the trail."),
    )


def open_paper(page: Any, request: HttpRequest, public_id: Any) -> HttpResponse:
    """The file itself; of a closed matter only with a reason."""
    visible = Attachment.objects.visible_to(request.user, "enrollment.open_attachment")
    related = visible.select_related("application__batch", "request__student__person")
    paper = related.filter(public_id=public_id, removed_at__isnull=True).first()
    if paper is None:
        raise Http404
    owner = paper.application or paper.request
    asks = needs_reason(paper)
    form = ReasonForm(request.POST or None)
    if not asks or (request.method == "POST" and form.is_valid()):
        reason = form.cleaned_data["reason"] if asks else ""
        try:
            opened = open_attachment(paper, by=request.user, reason=reason)
            return file_response(opened.content, content_type=opened.content_type, name=opened.name)
        except DomainError as refusal:
            form = form if form.is_bound else ReasonForm({"reason": reason})
            form.is_valid()
            form.add_error(None, str(refusal.message))
    title = _("Open a document: %(item)s") % {"item": paper.get_item_display()}
    return page.page(request, "admin/act.html", title, form=form, act={"label": _("Open")}, back=row_link(owner).url)


def _converted(request: HttpRequest, public_id: Any) -> Any:
    visible = Attachment.objects.visible_to(request.user, "enrollment.confirm_copy")
    related = visible.select_related("application__batch", "request__student__person")
    paper = related.filter(public_id=public_id, removed_at__isnull=True, original__isnull=False).first()
    if paper is None:
        raise Http404
    return paper


def compare_copy(page: Any, request: HttpRequest, public_id: Any) -> HttpResponse:
    """Both files to open side by side, and the word that the copy is as good."""
    paper = _converted(request, public_id)
    back = row_link(paper.application or paper.request).url
    if request.method == "POST":
        confirm_copy(paper, by=request.user)
        return redirect(back)
    files = [
        (_("copy that is kept"), reverse("admin:enrollment_attachment_open", args=(public_id,))),
        (_("file as it was uploaded"), reverse("admin:enrollment_attachment_original", args=(public_id,))),
    ]
    title = _("Compare a copy: %(item)s") % {"item": paper.get_item_display()}
    return page.page(request, "admin/enrollment/compare_copy.html", title, files=files, back=back)


def open_upload(page: Any, request: HttpRequest, public_id: Any) -> HttpResponse:
    opened = open_original(_converted(request, public_id), by=request.user)
    return file_response(opened.content, content_type=opened.content_type, name=opened.name)


class AttachForm(ActForm):
    item = forms.ChoiceField(label=gettext_lazy("Item"), choices=Attachment.Item.choices)
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("JPEG, PNG or PDF."))

    def prepare(self) -> None:
        self.fields["item"].initial = Attachment.Item.EVIDENCE


def add_paper(row: Any, said: dict[str, Any], by: Any) -> Attachment:
    return attach(row, said["item"], said["file"].name, said["file"].read(), by=by)


def attaching(verb: str, fits: Any) -> Act:
    return Act(
        name="attach",
        verb=verb,
        label=gettext_lazy("Add a document"),
        form=AttachForm,
        carry_out=add_paper,
        done=gettext_lazy("The document was added."),
        fits=fits,
    )
