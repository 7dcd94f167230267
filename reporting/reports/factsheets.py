"""An institution's profile from its own records: history, honours, lines of work, and numbers beside what it has published.

Live figures come from the records alone; a published figure of the same name stands beside them and says whether it holds.
What no records bring yet (training, international) is shown as published only.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.batches import batch_of, first_day
from common.dates import PartialDate, today
from common.families import family_named
from common.wording import listed
from learning_centers.models import (
    CenterPeriod,
    Designation,
    Institution,
    LineageEvent,
    LineageLink,
    Offering,
    SchoolName,
)
from learning_centers.models.centers import SERVING, Regime
from learning_centers.models.institutions import local
from reporting.models import Line, ProfileStatement, PublishedFigure, Qualifier
from reporting.reports.figures import ask, compute


@dataclass(frozen=True)
class LiveFigure:
    """A number of the fact sheet that the records give: `count(institution, day)`."""

    name: str
    line: str
    title: Any
    definition: Any
    count: Callable[[Institution, dt.date], int]


def _periods(institution: Institution, day: dt.date) -> Any:
    return CenterPeriod.objects.current().on(day).filter(institution=institution, status__in=SERVING)


def _of_regime(regime: str) -> Callable[[Institution, dt.date], int]:
    return lambda institution, day: _periods(institution, day).filter(center__regime=regime).count()


def _provinces(institution: Institution, day: dt.date) -> int:
    sites = _periods(institution, day).exclude(site__province_code="").exclude(site=None)
    return sites.order_by().values("site__province_code").distinct().count()


def _active_majors(institution: Institution, day: dt.date) -> int:
    batch = first_day(batch_of(day))
    still_open = Q(open_to__isnull=True) | Q(open_to__gte=batch)
    offered = Offering.objects.current().filter(still_open, institution=institution, open_from__lte=day)
    return offered.order_by().values("programme_version__programme__major").distinct().count()


def _stock(institution: Institution, day: dt.date) -> int:
    return compute(ask(institution, day), only=["deg.stock"]).value("deg.stock")


LIVE = {
    one.name: one
    for one in (
        LiveFigure(
            "learning_centers.filed",
            Line.DEGREE,
            _("Off-campus learning centres"),
            _(
                "Filed centres that serve students on the day, also those that take no new ones; proposed and revoked not."
            ),
            _of_regime(Regime.FILED),
        ),
        LiveFigure(
            "learning_centers.school_direct",
            Line.DEGREE,
            _("School-based learning centre"),
            _("Centres of the institution itself with direct enrollment; never added to the filed ones."),
            _of_regime(Regime.SCHOOL_DIRECT),
        ),
        LiveFigure(
            "learning_centers.outreach",
            Line.OUTREACH,
            _("Outreach stations"),
            _("Stations that serve the public free of charge on the day."),
            _of_regime(Regime.OUTREACH),
        ),
        LiveFigure(
            "learning_centers.overseas",
            Line.INTERNATIONAL,
            _("Sites abroad"),
            _("Branches and joint training bases outside of China on the day."),
            _of_regime(Regime.OVERSEAS),
        ),
        LiveFigure(
            "provinces",
            Line.WHOLE,
            _("Provinces with centres"),
            _("Provinces, municipalities and autonomous regions in which a centre or station is at work on the day."),
            _provinces,
        ),
        LiveFigure(
            "majors.active",
            Line.DEGREE,
            _("Majors"),
            _("Majors open for the entry batch of the day; one that is offered on two level paths counts once."),
            _active_majors,
        ),
        LiveFigure(
            "students.stock",
            Line.DEGREE,
            _("Degree students"),
            family_named("degree").measure["deg.stock"].definition,
            _stock,
        ),
    )
}


@dataclass(frozen=True)
class HistoryLine:
    date: PartialDate
    kind: Any
    units: str
    became: str
    approved_by: str
    note: str


@dataclass(frozen=True)
class Honour:
    title: str
    kind: Any
    issuer: str
    date: PartialDate | None

    @property
    def details(self) -> str:
        return listed([self.kind, self.issuer, self.date])


@dataclass(frozen=True)
class FactFigure:
    """A number of the sheet: `value` None = the records hold nothing of the kind, `published` None = nothing was published."""

    name: str
    title: Any
    line: str
    value: int | None
    definition: Any = ""
    published: Decimal | None = None
    qualifier: str | None = None
    holds: bool | None = None
    date: str = ""
    source: str = ""
    complete: bool = True

    @property
    def is_live(self) -> bool:
        return self.name in LIVE

    @property
    def claim(self) -> str:
        """ "more than 70,000"; a plain number where the claim is exact."""
        if self.published is None or self.qualifier is None:
            return ""
        qualifier, number = Qualifier(self.qualifier), f"{_plain(self.published):,}"
        return number if qualifier is Qualifier.EQUAL else f"{qualifier.label} {number}"

    @property
    def shown(self) -> str:
        return "" if self.value is None else f"{self.value:,}"

    @property
    def says_something(self) -> bool:
        return bool(self.value) or self.published is not None

    def as_json(self) -> dict[str, Any]:
        published = None if self.published is None else _plain(self.published)
        return {
            "name": self.name,
            "value": self.value,
            "published": published,
            "qualifier": self.qualifier,
            "holds": self.holds,
        }


@dataclass(frozen=True)
class LineOfWork:
    line: str
    title: Any
    statements: list[ProfileStatement]
    figures: list[FactFigure]


@dataclass(frozen=True)
class FactSheet:
    """`figures` are all, `lines` show those that say something of this institution."""

    institution: Institution
    as_of: dt.date
    figures: list[FactFigure]
    history: list[HistoryLine]
    honours: list[Honour]
    lines: list[LineOfWork]
    complete: bool

    @property
    def live_figures(self) -> list[FactFigure]:
        return [figure for line in self.lines for figure in line.figures if figure.is_live]

    def as_json(self) -> dict[str, Any]:
        return {
            "institution": self.institution.code,
            "as_of": self.as_of.isoformat(),
            "figures": [figure.as_json() for figure in self.figures],
        }


def fact_sheet(institution: Institution, as_of: dt.date | None = None) -> FactSheet:
    """The sheet as of a day (default: today there), with today's knowledge. Words are in the active language."""
    day = as_of or today(institution)
    complete = institution.records_complete_from is not None and day >= institution.records_complete_from
    figures = list(_figures(institution, day, complete=complete))
    statements = list(ProfileStatement.objects.current().filter(institution=institution))
    lines = [
        LineOfWork(
            line,
            line.label,
            [one for one in statements if one.line == line],
            [one for one in figures if one.line == line and one.says_something],
        )
        for line in Line
    ]
    return FactSheet(
        institution,
        day,
        figures,
        _history(institution, day),
        _honours(institution, day),
        [line for line in lines if line.statements or line.figures],
        complete,
    )


def _figures(institution: Institution, day: dt.date, *, complete: bool) -> Iterable[FactFigure]:
    claims = PublishedFigure.objects.current().filter(institution=institution)
    claimed = {
        claim.name: claim for claim in claims.filter(Q(as_of__isnull=True) | Q(as_of__lte=day)).order_by("as_of")
    }
    for name, live in LIVE.items():
        yield _figure(live, live.count(institution, day), claimed.pop(name, None), complete=complete)
    for claim in sorted(claimed.values(), key=lambda claim: claim.position):
        yield _figure(claim, None, claim)


def _figure(
    shown: LiveFigure | PublishedFigure, value: int | None, claim: PublishedFigure | None, *, complete: bool = True
) -> FactFigure:
    """A live number of nothing, where nothing was ever claimed or recorded, is no zero but unknown."""
    is_live = isinstance(shown, LiveFigure)
    known = complete or shown.name != "students.stock" or bool(value)
    title = local(claim.label, claim.label_en) if claim else shown.title  # type: ignore[union-attr]
    return FactFigure(
        name=shown.name,
        title=title,
        line=claim.line if claim else shown.line,
        value=value if known else None,
        definition=shown.definition if is_live else "",  # type: ignore[union-attr]
        published=claim.value if claim else None,
        qualifier=claim.qualifier if claim else None,
        holds=claim.holds(value) if claim and known and value is not None else None,
        date=_span(claim) if claim else "",
        source=claim.source if claim else "",
        complete=complete or shown.name != "students.stock",
    )


def _span(claim: PublishedFigure) -> str:
    since = f"{claim.since:%Y}–" if claim.since else ""
    return f"{since}{claim.date or ''}"


def _plain(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)


def _history(institution: Institution, day: dt.date) -> list[HistoryLine]:
    names: dict[int, list[SchoolName]] = {}
    for row in SchoolName.objects.current().filter(school__institution=institution).order_by("begin"):
        names.setdefault(row.school_id, []).append(row)
    events = LineageEvent.objects.current().filter(institution=institution, on__lte=day).prefetch_related("links")
    return [_history_line(event, names) for event in events]


def _history_line(event: LineageEvent, names: dict[int, list[SchoolName]]) -> HistoryLine:
    links = [link for link in event.links.all() if link.superseded_in_id is None]
    before = [link for link in links if link.side == LineageLink.Side.PREDECESSOR]
    after = [link for link in links if link.side == LineageLink.Side.SUCCESSOR]
    if event.kind == LineageEvent.Kind.RENAMED:
        before = after
    day_before = event.on - dt.timedelta(days=1)
    became = listed(_name(names, link.school_id, event.on) for link in after)
    return HistoryLine(
        event.date,
        event.get_kind_display(),
        listed(_name(names, link.school_id, day_before) for link in before) or became,
        became if before else "",
        event.approved_by,
        local(event.note, event.note_en),
    )


def _name(names: dict[int, list[SchoolName]], school: int, day: dt.date) -> str:
    """The name on that day, or the first one that is known."""
    rows = names.get(school, [])
    held = [row for row in rows if (row.begin is None or row.begin <= day) and (row.end is None or row.end > day)]
    return str((held or rows)[0]) if rows else ""


def _honours(institution: Institution, day: dt.date) -> list[Honour]:
    rows = Designation.objects.current().filter(institution=institution)
    return [
        Honour(str(row), row.get_kind_display(), local(row.issuer, row.issuer_en), row.date)
        for row in rows.exclude(granted_on__gt=day)
    ]
