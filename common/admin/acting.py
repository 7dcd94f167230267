"""Acts on rows: a page with a short form that calls one service; for many rows first what would follow, then a line per row."""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import can
from common.admin.scoped import Crumb, DayInput, Fact, RecordAdmin, Table, row_link
from common.errors import DomainError
from common.parameters import takes
from common.showing import show_rows

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
NOT_A_LIKELY_DAY = gettext_lazy("Give a day from 1900-01-01 to 2100-12-31.")
DONE = gettext_lazy("Done.")
MOST_SHOWN = 300


class DayField(forms.DateField):
    """A day that a registrar can mean: a slip of the keyboard is caught here, before anything is computed for it."""

    def __init__(self, **terms: Any) -> None:
        terms.setdefault("widget", DayInput(attrs={"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}))
        super().__init__(**terms)
        self.validators += [
            MinValueValidator(FIRST_DAY, NOT_A_LIKELY_DAY),
            MaxValueValidator(LAST_DAY, NOT_A_LIKELY_DAY),
        ]


class ActForm(forms.Form):
    """What an act asks for. The form knows the rows that it is about and who fills it in, so that it can narrow its choices."""

    def __init__(self, *args: Any, rows: Sequence[Any] = (), user: Any = None, **kwargs: Any) -> None:
        self.rows, self.user = rows, user
        super().__init__(*args, **kwargs)
        self.prepare()

    @property
    def row(self) -> Any:
        return self.rows[0]

    def prepare(self) -> None:
        """Narrow the choices, set what stands there at first."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act on one row. `carry_out(row, said, by)` calls the service; `said` are the form's values and, for a row with a
    `version`, the one that was seen (`seen`). `fits(row)`: whether the record page offers it. `goes_to(result)`: where to
    afterwards, the record if None."""

    name: str
    verb: str
    label: Any
    carry_out: Callable[[Any, dict[str, Any], Any], Any]
    form: type[ActForm] = ActForm
    done: Any = DONE
    """What is said afterwards: a text, or a function of the result."""
    explanation: Any = ""
    danger: bool = False
    shows: bool = False
    """A result is shown once, on the page of the act, and leads nowhere."""
    fits: Callable[[Any], bool] = lambda row: True
    goes_to: Callable[[Any], str] | None = None
    show: Callable[[Any, Any], dict[str, Any]] = lambda row, user: {}
    """Context above the form: `facts`, `tables` of (row, user)."""


@dataclass(frozen=True)
class Outcome:
    """What an act would do, or has done, to one row: the state afterwards in words, or why not."""

    row: Any
    refusal: str = ""
    after: Any = ""
    label: Any = ""
    """How the row is called; itself if empty."""
    made: Any = None
    """The row that came into being."""


@dataclass(frozen=True, kw_only=True)
class ManyAct:
    """One act on many rows. `outlook` and `carry_out` take (rows, said, by) and give an `Outcome` per row; what was shown is
    carried out only if it still holds. `goes_to(outcomes)` leads elsewhere than to the report, `leads_to(outcomes)` from it."""

    name: str
    verb: str
    label: Any
    carry_out: Callable[[Sequence[Any], dict[str, Any], Any], list[Outcome]]
    outlook: Callable[[Sequence[Any], dict[str, Any], Any], list[Outcome]] | None = None
    """What would follow; None: the deed itself, rehearsed."""
    form: type[ActForm] = ActForm
    explanation: Any = ""
    most: int = 1000
    related: tuple[str, ...] = ()
    goes_to: Callable[[list[Outcome]], str] | None = None
    leads_to: Callable[[list[Outcome]], Crumb | None] | None = None

    def look_ahead(self, rows: Sequence[Any], said: dict[str, Any], by: Any) -> list[Outcome]:
        if self.outlook:
            return self.outlook(rows, said, by)
        with transaction.atomic():
            outcomes = self.carry_out([copy(row) for row in rows], said, by)  # services refresh what they are given
            transaction.set_rollback(True)
        return outcomes


ACTS: dict[str, list[Act]] = defaultdict(list)


def act_on(model: str, *acts: Act) -> None:
    """Add acts to the record page of a lower app's model (`app.model`)."""
    ACTS[model].extend(acts)


class ActingAdmin(RecordAdmin):
    """A record page with acts, and a list whose chosen rows can be acted upon together."""

    acts: tuple[Act, ...] = ()
    many_acts: tuple[ManyAct, ...] = ()
    act_template = "admin/act.html"
    many_template = "admin/many.html"

    def all_acts(self) -> list[Act]:
        return [*self.acts, *ACTS[self.opts.label_lower]]

    def route(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name.replace('-', '_')}"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        many = [
            path(
                f"many/{one.name}/",
                view(takes("row", "rows")(partial(self.many_view, act=one))),
                name=self.route(f"many_{one.name}"),
            )
            for one in self.many_acts
        ]
        single = [
            path(f"<str:object_id>/{one.name}/", view(partial(self.act_view, act=one)), name=self.route(one.name))
            for one in self.all_acts()
        ]
        return [*many, *single, *super().get_urls()]

    def whole_record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        context = super().whole_record(request, row)
        context["actions"] = [*self.offered(request, row), *context["actions"]]
        return context

    def about(self, row: Any) -> list[Fact]:
        """What is known of the row now, above the form of an act: also after a refusal."""
        return []

    def offered(self, request: HttpRequest, row: Any) -> list[Crumb]:
        return [
            Crumb(one.label, self.act_url(row, one))
            for one in self.all_acts()
            if one.fits(row) and self.may(request, one, row)
        ]

    def act_url(self, row: Any, act: Act | str) -> str:
        name = act if isinstance(act, str) else act.name
        return reverse(f"admin:{self.route(name)}", args=(getattr(row, "public_id", row.pk),))

    def may(self, request: HttpRequest, act: Act, row: Any) -> bool:
        """Who holds one membership alone sees the row by it: then no question to the database is needed."""
        by = request.user
        return can(by, act.verb) and (len(by.reaches) == 1 or can(by, act.verb, row))

    def act_view(self, request: HttpRequest, object_id: str, act: Act) -> HttpResponse:
        row = self.row_or_404(request, object_id)
        if not can(request.user, act.verb, row):
            raise Http404
        posted = request.method == "POST"
        form = act.form(
            request.POST if posted else None, request.FILES if posted else None, rows=[row], user=request.user
        )
        if posted and form.is_valid():
            said = dict(form.cleaned_data)
            if hasattr(row, "version"):
                said["seen"] = _number(request.POST.get("seen"))
            try:
                result = act.carry_out(row, said, request.user)
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
                row.refresh_from_db()
            else:
                if act.shows and result:
                    return self._shown_once(request, row, act, result)
                messages.success(request, act.done(result) if callable(act.done) else act.done)
                return redirect(act.goes_to(result) if act.goes_to else row_link(row).url)
        context = {
            "row": row, "form": form, "act": act, "back": row_link(row).url, "facts": self.about(row),
            **act.show(row, request.user),
        }  # fmt: skip
        crumbs = [self.list_crumb(), Crumb(self.heading(row), row_link(row).url)]
        return self.page(request, self.act_template, act.label, crumbs=crumbs, **context)

    def _shown_once(self, request: HttpRequest, row: Any, act: Act, result: Any) -> HttpResponse:
        crumbs = [self.list_crumb(), Crumb(self.heading(row), row_link(row).url)]
        back = row_link(row).url
        return self.page(request, "admin/shown.html", act.label, crumbs=crumbs, row=row, shown=result, back=back)

    # -- many
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {
            f"many_{one.name}": (partial(_choose, act=one), f"many_{one.name}", one.label)
            for one in self.many_acts
            if can(request.user, one.verb)
        }

    def many_url(self, act: str, rows: Iterable[Any]) -> str:
        asked = "&".join(f"row={getattr(one, 'public_id', one.pk)}" for one in rows)
        return f"{reverse('admin:' + self.route('many_' + act))}?{asked}"

    def many_view(self, request: HttpRequest, act: ManyAct, chosen: list[Any] | None = None) -> HttpResponse:
        """First the form, then a preview with a line per row, then the same lines as a report."""
        if not (self.has_view_permission(request) and can(request.user, act.verb)):
            raise Http404
        asked = request.POST if request.method == "POST" else request.GET
        wanted = [*asked.getlist("row"), *asked.get("rows", "").split()] if chosen is None else chosen
        if len(wanted) > act.most:
            text = _("At most %(most)s at once; choose fewer or narrow the list.") % {"most": act.most}
            messages.error(request, text)
            return redirect(request.get_full_path() if chosen is not None else self.list_crumb().url)
        rows = self.many_rows(request, act, wanted)
        if len({getattr(one, "institution_id", None) for one in rows}) > 1:
            messages.error(request, _("Choose rows of one institution."))
            return redirect(self.list_crumb().url)
        bound = request.POST if request.method == "POST" and chosen is None else None
        form = act.form(bound, rows=rows, user=request.user)
        outcomes: list[Outcome] = []
        step, shown = "form", ""
        if bound is not None and form.is_valid():
            said = dict(form.cleaned_data)
            try:
                outcomes = act.look_ahead(rows, said, request.user)
                shown, confirmed = mark_of(said, outcomes), request.POST.get("confirmed")
                step = "report" if confirmed == shown else "preview"
                if step == "report":
                    outcomes = act.carry_out(rows, said, request.user)
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
                step, outcomes = "form", []
            if step == "report" and act.goes_to and (url := act.goes_to(outcomes)):
                messages.success(request, next((one.after for one in outcomes if one.made), DONE))
                return redirect(url)
            if step == "preview" and confirmed:
                messages.warning(request, _("Nothing was done: what follows is no longer what was shown. Look again."))
        return self.page(request, self.many_template, act.label, **self._lines(form, act, rows, outcomes, step, shown))

    def many_rows(self, request: HttpRequest, act: ManyAct, wanted: list[Any]) -> list[Any]:
        key = "public_id" if hasattr(self.model, "public_id") else "pk"
        rows = self.get_queryset(request).visible_to(request.user, act.verb)
        try:
            found = list(rows.filter(**{f"{key}__in": wanted}).select_related(*act.related))
        except (ValidationError, ValueError) as error:
            raise Http404 from error
        if not found:
            raise Http404
        show_rows(request, self.model, found)
        return found

    def _lines(
        self, form: Any, act: ManyAct, rows: list[Any], outcomes: list[Outcome], step: str, shown: str
    ) -> dict[str, Any]:
        refusals = Counter(one.refusal for one in outcomes if one.refusal)
        refused = sum(refusals.values())
        table = self._outcomes(outcomes, step) if outcomes else self._chosen(rows)
        return {
            "form": form, "act": act, "rows": rows, "step": step, "shown": shown,
            "possible": len(outcomes) - refused, "refused": refused, "refusals": refusals.most_common(), "table": table,
            "keys": " ".join(str(getattr(one, "public_id", one.pk)) for one in rows),
            "next": act.leads_to(outcomes) if step == "report" and act.leads_to else None,
            "action_url": reverse("admin:" + self.route("many_" + act.name)),
        }  # fmt: skip

    def _chosen(self, rows: list[Any]) -> Table:
        return Table(
            _("Chosen"),
            [self.opts.verbose_name],
            [[Fact("", self.heading(one), row_link(one).url)] for one in rows[:MOST_SHOWN]],
        )

    def _outcomes(self, outcomes: list[Outcome], step: str) -> Table:
        good, bad = (_("done"), _("refused")) if step == "report" else (_("possible"), _("not possible"))
        refused_first = sorted(outcomes, key=lambda one: not one.refusal)
        rows = [
            [
                Fact("", one.label or self.heading(one.row), row_link(one.row).url),
                bad if one.refusal else good,
                one.refusal or one.after,
            ]
            for one in refused_first[:MOST_SHOWN]
        ]
        caption = _("One by one")
        if len(outcomes) > MOST_SHOWN:
            caption = _("One by one: the first %(shown)s of %(all)s") % {"shown": MOST_SHOWN, "all": len(outcomes)}
        return Table(caption, [self.opts.verbose_name, _("result"), _("what follows")], rows)


def _choose(page: ActingAdmin, request: HttpRequest, queryset: Any, act: ManyAct) -> HttpResponse | None:
    key = "public_id" if hasattr(page.model, "public_id") else "pk"
    chosen = [str(one) for one in queryset.values_list(key, flat=True)[: act.most + 1]]
    if not chosen:
        page.message_user(request, _("None of the chosen rows is in the list any more."), messages.WARNING)
        return None
    return page.many_view(request, act, chosen)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def mark_of(said: dict[str, Any], outcomes: list[Outcome]) -> str:
    """What was shown in the preview: whatever has changed since, form, rows or outcome, is shown again first."""
    lines = sorted((str(one.row.pk), one.refusal, str(one.after)) for one in outcomes)
    values = sorted((name, repr(value)) for name, value in said.items())
    return hashlib.sha256(repr((values, lines)).encode()).hexdigest()[:32]
