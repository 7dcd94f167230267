"""The portal's door and its first page, which gathers from all apps what concerns one's centres."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ceportal.entering import SignInForm
from ceportal.own_password import ChangeOwnPassword
from common.access import can
from common.dates import today
from common.wording import labelled
from enrollment.duties.reports.waiting import deadlines, full_places, waiting_at, watched
from enrollment.records.views.base import ENTER, PortalView
from learning_centers.models import CenterFiling
from learning_centers.reports.filings import filing_warning
from reporting.reports.figures import ask
from reporting.reports.trend import trend

AHEAD = dt.timedelta(days=90)
MONTHS = 12
SPARK_WIDTH, SPARK_HEIGHT = 120, 32


class SignIn(LoginView):
    """One sign-in for everybody: coordinators go on to the portal, registrars to their site."""

    form_class = SignInForm
    template_name = "portal/sign_in.html"
    redirect_authenticated_user = True
    takes = ("next",)
    extra_context = {"title": gettext_lazy("Sign in"), "crumbs": []}

    def get_default_redirect_url(self) -> str:
        return home_of(self.request.user)

    def form_valid(self, form: Any) -> HttpResponse:
        """The language that the account asks for goes along."""
        response = super().form_valid(form)
        language = self.request.user.language
        if language in dict(settings.LANGUAGES):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
        return response


class SignOut(LogoutView):
    next_page = reverse_lazy("portal:sign_in")


class ChangePassword(ChangeOwnPassword):
    template_name = "portal/password.html"
    success_url = reverse_lazy("portal:home")
    extra_context = {"title": gettext_lazy("Change password"), "crumbs": []}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect("portal:sign_in")
        return super().dispatch(request, *args, **kwargs)


def home_of(user: Any) -> str:
    """Where a user's work is: the portal for coordinators, the registrar's site for everybody else."""
    return reverse("portal:home") if can(user, ENTER) else reverse("admin:index")


def front_door(request: HttpRequest) -> HttpResponse:
    """The bare address leads to where the visitor works, or to the sign-in."""
    return redirect(home_of(request.user) if request.user.is_authenticated else reverse("portal:sign_in"))


@dataclass(frozen=True)
class Task:
    """Something that waits: how many, what, and where it is done; `level` is wrong, warn or empty."""

    count: int
    text: str
    url: str
    level: str = ""


@dataclass(frozen=True)
class Headline:
    label: str
    value: int
    change: int
    points: str
    """A line of the last months for an SVG polyline, in its units."""


class Home(PortalView):
    verb = ENTER
    section = "home"

    def get(self, request: HttpRequest) -> HttpResponse:
        centers, day = self.shown_centers, today()
        waiting = waiting_at(centers)
        context = {
            "tasks": list(tasks(waiting)),
            "submitted": waiting.submitted,
            "warnings": list(warnings(centers, day)),
            "deadlines": [(one, one.end - dt.timedelta(days=1), (one.end - day).days) for one in deadlines(centers, day, AHEAD)],
            "headlines": headlines(centers, day),
            "may_apply": can(request.user, "enrollment.enter_application"),
        }  # fmt: skip
        title = str(self.center) if self.center else _("My learning centres")
        return self.page("home", title, **context)


def tasks(waiting: Any) -> Iterator[Task]:
    applications, requests = reverse("portal:applications"), reverse("portal:requests")
    if waiting.returned:
        text = ngettext("application came back", "applications came back", waiting.returned)
        yield Task(waiting.returned, text, f"{applications}?status=returned", "warn")
    if waiting.returned_requests:
        text = ngettext("request came back", "requests came back", waiting.returned_requests)
        yield Task(waiting.returned_requests, text, f"{requests}?status=returned", "warn")
    if waiting.consents:
        text = ngettext("transfer waits for your word", "transfers wait for your word", waiting.consents)
        yield Task(waiting.consents, text, f"{requests}?status=asked", "warn")
    if waiting.to_check_in:
        text = ngettext("admitted applicant to check in", "admitted applicants to check in", waiting.to_check_in)
        yield Task(waiting.to_check_in, text, reverse("portal:check_in_list"))
    if waiting.drafts:
        text = ngettext("draft not handed in yet", "drafts not handed in yet", waiting.drafts)
        yield Task(waiting.drafts, text, f"{applications}?status=draft")


def warnings(centers: list[Any], day: dt.date) -> Iterator[tuple[str, str, str]]:
    """(level, sentence, address) for filings that lapse, quotas that are used up and cases on a watch list."""
    filings: dict[int, list[CenterFiling]] = {one.pk: [] for one in centers}
    for filing in CenterFiling.objects.current().filter(center__in=centers):
        filings[filing.center_id].append(filing)
    for center in centers:
        if caution := filing_warning(center, filings[center.pk], day):
            yield caution.level, labelled(center, caution.text), ""
    for place in full_places(centers, day):
        named = {"batch": place.batch, "programme": place.center_offering.programme_version.programme}
        yield "warn", _("%(batch)s: the places for %(programme)s are used up.") % named, ""
    for name, count in watched(centers):
        text = ngettext(
            "%(count)s student is on the list “%(list)s”.", "%(count)s students are on the list “%(list)s”.", count
        )
        url = f"{reverse('portal:students')}?watch={name.value}"
        yield "warn", text % {"count": count, "list": name.label}, url


def headlines(centers: list[Any], day: dt.date) -> list[Headline]:
    """Students in status at these centres now, and how that came about in the last twelve months."""
    months = [_months_before(day, back) for back in range(MONTHS, -1, -1)]
    found = []
    for indicator, label in (
        ("deg.stock", _("Students in status")),
        ("deg.entrants", _("Entered in the last 12 months")),
    ):
        series = _series(centers, indicator, months)
        if indicator == "deg.stock":
            found.append(Headline(label, series[-1], series[-1] - series[0], _points(series)))
        else:
            found.append(Headline(label, sum(series), 0, _points(series)))
    return found


def _series(centers: list[Any], indicator: str, days: list[dt.date]) -> list[int]:
    total: dict[dt.date, int] = dict.fromkeys(days, 0)
    institutions = {one.institution_id: one.institution for one in centers}
    for key, institution in institutions.items():
        own = frozenset(one.pk for one in centers if one.institution_id == key)
        for day, value in trend(ask(institution, days[-1], scope=own), indicator, days):
            total[day] += value
    return list(total.values())


def _months_before(day: dt.date, months: int) -> dt.date:
    month = day.year * 12 + day.month - 1 - months
    first = dt.date(month // 12, month % 12 + 1, 1)
    following = dt.date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    return first + (min(dt.timedelta(days=day.day - 1), following - first - dt.timedelta(days=1)))


def _points(series: list[int]) -> str:
    low, high = min(series), max(series)
    step = SPARK_WIDTH / max(len(series) - 1, 1)
    height = SPARK_HEIGHT - 4
    spread = (high - low) or 1
    return " ".join(
        f"{place * step:.1f},{2 + height - (value - low) * height / spread:.1f}" for place, value in enumerate(series)
    )
