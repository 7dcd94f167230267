"""Telling in time that a centre's filing lapses: to whoever can file it anew, and to the centre."""

import datetime as dt
from typing import Any

from common.dates import today
from common.notices import tell_holders
from learning_centers.models import Institution, LearningCenter
from learning_centers.reports.filings import ONE_DAY, lapsing

VERBS = ("learning_centers.file_center", "portal.enter")
AHEAD = (90, 30, 7)
"""Days before the end on which people are told, each time once."""


def tell_of_lapsing_filings(institution: Institution) -> int:
    """Returns of how many centres somebody was told; run on any day, also after days on which it did not run."""
    day = today(institution)
    found = lapsing(LearningCenter.objects.current().filter(institution=institution), day)
    return sum(_tell(center, day) for center in found)


def _tell(center: Any, day: dt.date) -> bool:
    """Of a filing that ends later than on the day; one that has ended is on the page of what needs a decision."""
    if center.filed_until is None or center.filed_until <= day:
        return False
    ahead = min(one for one in AHEAD if (center.filed_until - day).days <= one)
    terms = {"center": center, "on": (center.filed_until - ONE_DAY).isoformat(), "ahead": ahead}
    once = ("on", "ahead")
    return bool(
        tell_holders(VERBS, "filing_lapses", institution=center.institution, subject=center, once=once, **terms)
    )
