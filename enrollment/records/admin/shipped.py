"""What is shipped and an institution sets beside or instead: one page that lists all of it, one form for one of them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import can
from common.admin import Crumb, Fact, RecordAdmin, Table
from common.admin.scoped import recorded
from common.errors import DomainError
from common.parameters import takes
from learning_centers.models import Institution

SOURCE = {
    "label": gettext_lazy("Source"),
    "max_length": 300,
    "required": False,
    "help_text": gettext_lazy("The regulation or decision that says so."),
}
CODE = {
    "label": gettext_lazy("Code"),
    "max_length": 40,
    "help_text": gettext_lazy("A word for machines; it is never changed."),
}


class ShippedAdmin(RecordAdmin):
    """The list is the page of all that holds; a record is what the institution has set."""

    verb_to_view = "enrollment.view_applications"
    verb_to_set = ""
    set_form: type[forms.Form]
    keys: tuple[str, ...] = ()
    """The fields that name one of them."""

    title: Any = ""
    add_label: Any = ""
    set_label: Any = ""
    done: Any = ""

    def table_of(self, institution: Institution, set_url: Any) -> Table:
        """All that holds; `set_url(**keys)` leads to the form of one, None for those who may not set it."""
        raise NotImplementedError

    def now(self, institution: Institution, asked: dict[str, str]) -> Any:
        """What holds for the one that is asked for, or None."""
        raise NotImplementedError

    def set(self, institution: Institution, said: dict[str, Any], by: Any) -> Any:
        raise NotImplementedError

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(takes("institution", *self.keys)(partial(self.set_view)))
        return [path("set/", view, name=self._set_name()), *super().get_urls()]

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"facts": [*(self.fact(row, name) for name in self.set_form.base_fields), recorded(row)], "tables": []}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise Http404
        institutions = list(request.user.institutions(self.verb_to_view))
        settable = [one for one in institutions if can(request.user, self.verb_to_set, one)]
        tables = [self.table_of(one, self._urls(one) if one in settable else _no_url) for one in institutions]
        actions = [Crumb(self.add_label, self._urls(one)()) for one in settable[:1]]
        return self.page(request, "admin/record.html", self.title, tables=tables, actions=actions, crumbs=[])

    def _set_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_set"

    def _urls(self, institution: Institution) -> Callable[..., str]:
        def url(**terms: str) -> str:
            asked = urlencode({"institution": institution.public_id, **terms})
            return f"{reverse('admin:' + self._set_name())}?{asked}"

        return url

    def set_view(self, request: HttpRequest) -> HttpResponse:
        institution = next(self._institutions(request), None)
        if institution is None:
            raise Http404
        now = self.now(institution, {name: request.GET.get(name, "") for name in self.keys})
        initial = {name: getattr(now, name, True) for name in self.set_form.base_fields} if now else None
        form = self.set_form(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                self.set(institution, form.cleaned_data, request.user)
            except DomainError as refusal:
                form.add_error("source" if refusal.code == "required" else None, str(refusal.message))
            else:
                messages.success(request, self.done)
                return redirect(self.list_crumb().url)
        facts = [Fact(_("institution"), institution)]
        return self.page(
            request, "admin/act.html", capfirst(self.opts.verbose_name), form=form, facts=facts,
            act={"label": self.set_label}, back=self.list_crumb().url,
        )  # fmt: skip

    def _institutions(self, request: HttpRequest) -> Iterator[Institution]:
        for one in request.user.institutions(self.verb_to_set):
            if str(one.public_id) == request.GET.get("institution") and can(request.user, self.verb_to_set, one):
                yield one


def _no_url(**terms: str) -> None:
    return None


def set_by(*, is_shipped: bool) -> str:
    return _("shipped") if is_shipped else _("the institution")
