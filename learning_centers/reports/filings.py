"""Which centres may lawfully take students in today, and whose filing ends soon (docs/rules.md §2.8)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import DateField, F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from learning_centers.models import CenterFiling, LearningCenter
from learning_centers.models.centers import CenterStatus, Regime

SOON = dt.timedelta(days=90)
ONE_DAY = dt.timedelta(days=1)
"""Ends are exclusive in the records; people read the last day."""


@dataclass(frozen=True)
class Caution:
    level: str
    text: Any


def filing_state(filings: Iterable[CenterFiling], day: dt.date) -> Any:
    """Until when the filing that covers the day holds, or that there is none."""
    covering = [one for one in filings if one.begin and one.end and one.begin <= day < one.end]
    if not covering:
        return _("none that covers today")
    return _("holds until %(day)s") % {"day": max(one.end for one in covering if one.end) - ONE_DAY}


def filing_warning(center: LearningCenter, filings: Iterable[CenterFiling], day: dt.date) -> Caution | None:
    if center.regime != Regime.FILED or center.status != CenterStatus.ACTIVE:
        return None
    ends = [one.end for one in filings if one.begin and one.end and one.begin <= day < one.end]
    if not ends:
        return Caution("wrong", _("No filing covers today: the centre may take no students in."))
    if max(ends) <= day + SOON:
        return Caution("warn", _("The filing ends on %(day)s.") % {"day": max(ends) - ONE_DAY})
    return None


def with_filing(centers: QuerySet[LearningCenter], day: dt.date) -> QuerySet[LearningCenter]:
    """With `filed_until`: the day after the last one that a filing begun by then covers, or None."""
    known = Q(filings__superseded_in__isnull=True, filings__begin__lte=day)
    return centers.annotate(filed_until=Max("filings__end", filter=known))


def lapsing(centers: QuerySet[LearningCenter], day: dt.date) -> QuerySet[LearningCenter]:
    """Active filed centres whose filing has ended or ends within 90 days; `filed_until` is the last day + 1, if any."""
    return (
        with_filing(centers.filter(regime=Regime.FILED, status=CenterStatus.ACTIVE), day)
        .filter(Q(filed_until__isnull=True) | Q(filed_until__lte=day + SOON))
        .order_by(Coalesce(F("filed_until"), day, output_field=DateField()), "code")
    )
