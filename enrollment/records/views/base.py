"""The frame of the coordinators' portal: whose centres, which of them is chosen, and what every page shows."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Page
from django.db.models import Count, Model, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from common.admin.paging import CappedPaginator
from common.admin.scoped import Crumb
from common.admin.searching import open_query, seal_query
from common.errors import DomainError
from common.menu import PORTAL_MENU, in_order
from common.showing import show_rows
from common.verbs import verb_label
from common.views import ScopedView
from enrollment.records.reasons import Reasons
from learning_centers.models import LearningCenter
from people.models import Notice

ENTER = "portal.enter"
CHOSEN = "portal_center"
FIND, CSRF = "_find", "csrfmiddlewaretoken"


class PortalView(ScopedView):
    """A page of the portal. `section` is the entry of the menu that it belongs to."""

    door = ENTER
    sign_in = "portal:sign_in"
    section = "home"

    @cached_property
    def centers(self) -> list[LearningCenter]:
        """The centres that the visitor works for in the portal."""
        return list(LearningCenter.objects.visible_to(self.request.user, ENTER).current().select_related("institution"))

    @cached_property
    def center(self) -> LearningCenter | None:
        """The one that is looked at: the only one, or the one that was chosen; None means all of them."""
        if len(self.centers) == 1:
            return self.centers[0]
        chosen = self.request.session.get(CHOSEN)
        return next((one for one in self.centers if one.pk == chosen), None)

    @property
    def shown_centers(self) -> list[LearningCenter]:
        return [self.center] if self.center else self.centers

    def rows(self, model: type[Model], verb: str = "") -> Any:
        """Narrowed further to the centre that is looked at, also for those who see more elsewhere."""
        return self._at(self.shown_centers, model, verb)

    def reachable(self, model: type[Model], verb: str = "") -> Any:
        """At any of one's centres, whichever is looked at: what stands open in another window, or what a notice leads to."""
        return self._at(self.centers, model, verb)

    def _at(self, centers: list[LearningCenter], model: type[Model], verb: str) -> Any:
        found, scope = super().rows(model, verb), model.SCOPE  # type: ignore[attr-defined]
        at_centers = scope.at("center", [one.pk for one in centers])
        inside = model._base_manager.filter(at_centers)
        return found.filter(pk__in=inside.values("pk")) if scope.many else found.filter(at_centers)

    def page(self, template: str, title: Any, *, status: int = 200, crumbs: Any = (), **context: Any) -> HttpResponse:
        """`here` in the context is where to come back to, for what was posted to an address that shows nothing."""
        home = [] if self.request.resolver_match.url_name == "home" else [Crumb(_("Home"), reverse("portal:home"))]
        frame = {
            "title": title,
            "crumbs": [*home, *crumbs],
            "menu": [
                (reverse(one.name), one.label, one.name == f"portal:{self.section}")
                for one in in_order(PORTAL_MENU.values())
            ],
            "centers": self.centers,
            "center": self.center,
            "idle_minutes": settings.IDLE_MINUTES,
            "unread": Notice.objects.visible_to(self.request.user).unread().count(),
        }
        return TemplateResponse(self.request, f"portal/{template}.html", frame | context, status=status)

    def crumb(self, name: str, label: Any, *args: Any) -> Crumb:
        return Crumb(label, reverse(f"portal:{name}", args=args))

    def paged(self, rows: QuerySet[Any], per_page: int = 25) -> Page:
        found = CappedPaginator(rows, per_page).get_page(self.request.GET.get("p"))
        show_rows(self.request, rows.model, found.object_list)
        return found

    def refused(self, refusal: DomainError) -> None:
        """A refusal of a service as a message of the next page."""
        messages.error(self.request, str(refusal.message))

    def told(self, sentence: Any) -> None:
        messages.success(self.request, str(sentence))

    @property
    def sought(self) -> str:
        """What is searched for: sealed in the address, since it may be a name or a number."""
        return open_query(self.request.GET.get("q", ""), self.request.user)


class SearchedView(PortalView):
    """A list whose search and filters are posted and answered by an address that holds the search sealed."""

    def post(self, request: Any) -> HttpResponse:
        asked = {name: value for name, value in request.POST.items() if value and name not in (FIND, CSRF)}
        if "q" in asked:
            asked["q"] = seal_query(asked["q"], request.user)
        return redirect(f"{request.path}?{urlencode(asked)}")


class ChooseCenter(PortalView):
    """Look at another of one's centres, or at all of them."""

    verb = ENTER

    def post(self, request: Any) -> HttpResponse:
        wanted = request.POST.get("center", "")
        chosen = next((one for one in self.centers if str(one.public_id) == wanted), None)
        request.session[CHOSEN] = chosen.pk if chosen else None
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        return HttpResponseRedirect(back if safe else reverse("portal:home"))


def seen_version(request: Any) -> int | None:
    """The version that the editor was shown."""
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


def tabs_of(rows: Any, states: Any, chosen: str, *more: tuple[str, Any, int]) -> list[tuple[str, Any, int]]:
    """(value, label, count) for each state that some row is in, and the chosen one; `more` stand before them."""
    counted = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    present = [(str(one.value), one.label, counted.get(one.value, 0)) for one in states]
    shown = [one for one in (*more, *present) if one[2] or one[0] == chosen]
    if chosen and chosen not in {value for value, _label, _count in shown}:
        raise BadRequest("a state that there is not")
    return [("", _("All"), sum(counted.values())), *shown]


def told_steps(row: Any) -> list[tuple[Any, Any, str]]:
    """(step, act, reason) of an application or a request, in the words of the lists."""
    known = Reasons.of(row.institution)
    return [(one, verb_label(one.verb), known.given_in(one)) for one in row.steps.select_related("actor")]
