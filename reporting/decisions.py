"""Figures that are counted otherwise today."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from common.access import can
from common.decisions import DECISIONS, LINES, Decision, DecisionSource, Line, page
from reporting.models import FrozenReturn, SliceFigures, StatisticsRun


def moved_figures(user: Any) -> Iterator[Decision]:
    """Frozen returns that are counted otherwise by what is known now, and stocks that changed since the run before."""
    if not can(user, "reporting.view_figures"):
        return
    frozen = FrozenReturn.objects.visible_to(user, "reporting.view_figures").filter(restated_by__isnull=True)
    runs = StatisticsRun.objects.visible_to(user, "reporting.view_figures").exclude(digest="")
    for one in frozen.defer("figures").order_by("-id")[:LINES]:
        same = {
            name: getattr(one, name)
            for name in ("institution_id", "as_of", "since", "scope", "breakdowns", "definitions")
        }
        later = runs.filter(known_number__gt=one.known_number, **same).order_by("-known_number").first()
        if later and later.digest != one.digest:
            title = _("The frozen return “%(title)s” is counted otherwise today") % {"title": one}
            yield Decision(title, page(one), "warn", [Line(_("Figures as known now"), page(later))])
    for institution in user.institutions("reporting.view_figures"):
        yield from _moved_stock(runs.filter(institution=institution, scope=""))


def _moved_stock(runs: Any) -> Iterator[Decision]:
    last_two = list(runs.order_by("-known_number", "-id")[:2])
    if len(last_two) < 2 or last_two[0].as_of == last_two[1].as_of:
        return
    totals = SliceFigures.objects.filter(run__in=last_two, breakdown="").values_list("run_id", "values")
    stock = {run: values.get("deg.stock", 0) for run, values in totals}
    now, before = (stock.get(run.pk, 0) for run in last_two)
    if now != before:
        named = {"before": before, "now": now, "then": last_two[1].as_of, "day": last_two[0].as_of}
        title = _("Students in status: %(before)s on %(then)s, %(now)s on %(day)s") % named
        yield Decision(title, page(last_two[0]))


DECISIONS.register(
    DecisionSource("reporting.moved_figures", 160, moved_figures),
)
