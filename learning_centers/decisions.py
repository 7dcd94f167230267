"""The first steps of an institution, and filings that lapse."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import can
from common.dates import today
from common.decisions import DECISIONS, LINES, Decision, DecisionSource, Line, page, rows_of
from common.wording import labelled
from learning_centers.models import LearningCenter, ProgrammeVersion
from learning_centers.reports.beginning import first_step
from learning_centers.reports.filings import lapsing


def filings(user: Any) -> Iterator[Decision]:
    """Filings that have lapsed or lapse within 90 days."""
    if not can(user, "learning_centers.view_centers"):
        return
    found = lapsing(LearningCenter.objects.visible_to(user, "learning_centers.view_centers").current(), today())
    count = found.count()
    if count:
        title = ngettext(
            "The filing of %(count)s centre has lapsed or lapses within 90 days",
            "The filings of %(count)s centres have lapsed or lapse within 90 days",
            count,
        ) % {"count": count}
        lines = [
            Line(labelled(center, (end - dt.timedelta(days=1)).isoformat() if end else _("no filing")), page(center))
            for center, end in ((one, one.filed_until) for one in found[:LINES])  # type: ignore[attr-defined]
        ]
        yield Decision(title, f"{rows_of(LearningCenter)}?filing=lapsing", "warn", lines)


def first_steps(user: Any) -> Iterator[Decision]:
    """The next step of an institution that has just begun, by file or by hand; what follows is the line of work's."""
    majors = _("No programme is open yet: upload the majors, or open one by hand")
    places = _("There is no learning centre yet: upload the centres, or propose one by hand")
    to_offer, to_open = "learning_centers.offer_programme", "learning_centers.open_center"
    yield from first_step(user, ProgrammeVersion, to_offer, majors, has=[], lacks=[ProgrammeVersion, LearningCenter])
    yield from first_step(user, LearningCenter, to_open, places, has=[ProgrammeVersion], lacks=[LearningCenter])


DECISIONS.register(
    DecisionSource("learning_centers.first_steps", 110, first_steps),
    DecisionSource("learning_centers.filings", 140, filings),
)
