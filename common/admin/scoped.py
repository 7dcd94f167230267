"""Base classes of the registrar's site: rows by `visible_to`, rights by verb, closed by default."""

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.admin.paging import CappedPaginator, RecordList
from common.admin.searching import seal_query
from common.audit import AuditNote, write_audit
from common.parameters import KEPT, takes
from common.showing import show_rows
from common.texts import normalize


class DayInput(forms.DateInput):
    """The browser's own date field: no script, and known to every reader of screens."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


FIND, CSRF = "_find", "csrfmiddlewaretoken"
NOTHING_YET = _("Nothing yet.")


@dataclass(frozen=True)
class Fact:
    """A named value; a link where the reader holds `verb` (or none is needed)."""

    label: Any
    value: Any
    url: str | None = None
    verb: str = ""


@dataclass(frozen=True)
class Table:
    """A table of a record page. Cells are text, numbers, dates or `Fact`s (shown as links when they have a URL)."""

    caption: Any
    columns: list[Any]
    rows: list[list[Any]] = field(default_factory=list)
    empty: Any = NOTHING_YET


@dataclass(frozen=True)
class Crumb:
    label: Any
    url: str


PARTS: dict[tuple[str, str], list[Callable[..., Any]]] = defaultdict(list)


def part_of(model: str, place: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add to the record page of a lower app's model (`app.model`) what a higher app knows of its row.

    The function takes (row, user). `place` is `tables` (a `Table`), `actions` (a `Crumb`) or `warnings` (something with
    `level` and `text`); None adds nothing.
    """

    def register(make: Callable[..., Any]) -> Callable[..., Any]:
        PARTS[model, place].append(make)
        return make

    return register


def row_link(row: Any, label: Any = "") -> Fact:
    """A row of the site by its public id where it has one."""
    named = getattr(row, "public_id", row.pk)
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(named,))
    return Fact(label, row, url, getattr(admin.site._registry.get(type(row)), "verb_to_view", ""))


class ScopedAdmin(admin.ModelAdmin):
    """Without a verb nobody may: `verb_to_view` opens list and record, `verb_to_edit` adding, changing and deleting."""

    verb_to_view = ""
    verb_to_edit = ""
    may_delete = False
    current_only = True
    """Show what is known today; superseded rows belong to the timeline of a record."""

    record_takes: tuple[str, ...] = ()
    """The parameters of the page of one record (`common.parameters`)."""

    record_select_related: tuple[str, ...] = ()
    """What the page of one record reads beside what the list reads."""

    formfield_overrides = {models.DateField: {"widget": DayInput}}
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    actions: Any = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordList]:
        return RecordList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The form of search and filters is posted and answered by an address that holds the search sealed."""
        if request.method == "POST" and FIND in request.POST and self.has_view_permission(request):
            asked = {name: value for name, value in request.POST.items() if value and name not in (FIND, CSRF)}
            if "q" in asked:
                asked["q"] = seal_query(asked["q"], request.user)
            return redirect(f"{request.path}?{urlencode(asked)}")
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and (shown := (response.context_data or {}).get("cl")):
            show_rows(request, self.model, shown.result_list)
        return response

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Also what was typed otherwise than it is stored: with full-width letters, or blanks of another kind."""
        found, repeats = super().get_search_results(request, queryset, search_term)
        plain = normalize(search_term)[0]
        if plain == search_term:
            return found, repeats
        return found | super().get_search_results(request, queryset, plain)[0], repeats

    def response_action(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """What cannot be a key chooses nothing."""
        posted = request.POST.copy()
        posted.setlist(ACTION_CHECKBOX_NAME, list(filter(self._is_key, posted.getlist(ACTION_CHECKBOX_NAME))))
        request.POST = posted  # type: ignore[assignment]
        return super().response_action(request, queryset)

    def _is_key(self, text: str) -> bool:
        try:
            self.opts.pk.clean(text, None)
        except ValidationError:
            return False
        return True

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = self.model.objects.visible_to(request.user, self.verb_to_view)
        if self.current_only and hasattr(rows, "current"):
            rows = rows.current()
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """A row by its public id where it has one: nobody can walk along the keys."""
        if from_field is None and hasattr(self.model, "public_id"):
            related = self.list_select_related if isinstance(self.list_select_related, (list, tuple)) else ()
            try:
                rows = self.get_queryset(request).select_related(*related, *self.record_select_related)
                return rows.filter(public_id=uuid.UUID(str(object_id))).first()
            except ValueError:
                return None
        try:
            return super().get_object(request, object_id, from_field)
        except (ValidationError, ValueError):
            return None

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        self.message_user(request, _("“%(row)s” was added.") % {"row": obj}, messages.SUCCESS)
        return self.response_post_save_add(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self.message_user(request, _("“%(row)s” was changed.") % {"row": obj}, messages.SUCCESS)
        return self.response_post_save_change(request, obj)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """One way to save: afterwards the list is shown."""
        one_way = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().changeform_view(request, object_id, form_url, {**one_way, **(extra_context or {})})

    @admin.display(description="")
    def action_checkbox(self, obj: Any) -> Any:
        """As stock admin writes it, without a template per row: a third of the cost of a list."""
        label = _("Select this object for an action - {}").format(obj)
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            label,
        )

    # -- rights
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.verb_to_view) and can(request.user, self.verb_to_view)

    def _may_edit(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.verb_to_edit) and can(request.user, self.verb_to_edit, obj if obj and obj.pk else None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_delete and self._may_edit(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only rows that the user may see are offered: a foreign one is an ordinary "no such choice"."""
        rows = db_field.remote_field.model.objects.visible_to(request.user)
        kwargs.setdefault("queryset", rows.current() if hasattr(rows, "current") else rows)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", db_field.remote_field.model.objects.visible_to(request.user))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    # -- routes: stock history shows a log that we do not keep
    def get_urls(self) -> list[URLPattern]:
        closed = set()
        if not self.verb_to_edit:
            closed |= {"add"}
        if not (self.may_delete and self.verb_to_edit):
            closed |= {"delete"}
        label = f"{self.opts.app_label}_{self.opts.model_name}_"
        names = {f"{label}{part}" for part in closed | {"history"}}
        kept = [url for url in super().get_urls() if getattr(url, "name", None) not in names and url.name]
        for url in kept:
            self._declare(url.callback, url.name.removeprefix(label))
        return kept

    def _declare(self, view: Any, page: str) -> None:
        """What the stock pages take; our own say it themselves."""
        if page == "changelist":
            takes(*self.list_takes())(view)
        elif page in ("add", "change", "delete"):
            takes(*self.record_takes, KEPT)(view)

    def list_takes(self) -> list[str]:
        """Search, page, order where a column can be sorted, and the filters that the list shows: never a lookup."""
        order = [] if self.sortable_by == () else [ORDER_VAR]
        return [SEARCH_VAR, PAGE_VAR, *order, *(one.parameter_name for one in self.list_filter)]

    # -- the trail
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self._audit(request, obj, "add", message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self._audit(request, obj, "change", message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self._audit(request, obj, "delete", "")

    def _audit(self, request: HttpRequest, obj: Any, act: str, message: Any) -> None:
        fields = [name for part in message or [] for name in part.get("changed", {}).get("fields", [])]
        detail = {"fields": fields, **self.told_to_auditors(obj)}
        note = AuditNote(f"{self.opts.app_label}.{act}_{self.opts.model_name}", obj, detail=detail)
        for institution_id in self.audited_at(obj):
            write_audit([note], by=request.user, institution_id=institution_id)

    def told_to_auditors(self, obj: Any) -> dict[str, Any]:
        """What an event says of the row beside the names of the changed fields; no personal data of students."""
        return {}

    def audited_at(self, obj: Any) -> list[int | None]:
        """The institutions whose auditors are to read of it."""
        return [getattr(obj, "institution_id", None)]

    # -- pages
    def page(self, request: HttpRequest, template: str, title: Any, **context: Any) -> TemplateResponse:
        """One of our own pages inside the site's frame."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "crumbs": [self.list_crumb()],
            **context,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, context)

    def list_crumb(self) -> Crumb:
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return Crumb(capfirst(self.opts.verbose_name_plural), url)

    def row_or_404(self, request: HttpRequest, object_id: str) -> Any:
        """The row that the user may see, or the same 404 for a foreign and for a missing one."""
        if not self.has_view_permission(request):
            raise Http404
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        show_rows(request, self.model, [row])
        return row


class RecordAdmin(ScopedAdmin):
    """A list and, for one row, a page that reads like a file; no form and no writing: services write."""

    record_template = "admin/record.html"
    facts_of: tuple[str, ...] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.row_or_404(request, object_id)
        return self.page(request, self.record_template, self.heading(row), row=row, **self.whole_record(request, row))

    def heading(self, row: Any) -> str:
        return str(row)

    def whole_record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Our own record with what higher apps add to it."""
        context = self.record(request, row)
        for place in ("tables", "actions", "warnings"):
            made = [make(row, request.user) for make in PARTS[self.opts.label_lower, place]]
            context[place] = [*context.get(place, []), *(one for one in made if one)]
        return context

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Context of the record page: `facts` and `tables`."""
        return {"facts": [self.fact(row, name) for name in self.facts_of or self.all_fields()], "tables": []}

    def all_fields(self) -> list[str]:
        hidden = {"id", "public_id", "institution", "recorded_in", "superseded_in", "source_row", "name_grams"}
        return [one.name for one in self.opts.concrete_fields if one.name not in hidden]

    def fact(self, row: Any, name: str) -> Fact:
        """A field by its name; a relation that bears none of its own by that of what it leads to."""
        one = self.opts.get_field(name)
        unnamed = one.is_relation and isinstance(one.verbose_name, str)  # a name of its own is translated, so lazy
        label = one.related_model._meta.verbose_name if unnamed else one.verbose_name
        display = getattr(row, f"get_{name}_display", None)
        return Fact(capfirst(label), display() if display else getattr(row, name))


def recorded(row: Any) -> Fact:
    """The evidence of a row: its recording, and the row of the file where there is one."""
    entry = row.recorded_in
    text = f"{entry} · {_('row')} {row.source_row}" if row.source_row else str(entry)
    return Fact(_("evidence"), text, row_link(entry).url, "common.view_trail")
