"""Learning centres: opening them with all that belongs to the first day (docs/rules.md §2.8)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from common.access import require
from common.dates import today
from common.errors import DomainError
from common.ledger import recording
from learning_centers.models import (
    Agreement,
    AgreementVersion,
    CenterAgreement,
    CenterFiling,
    CenterOffering,
    CenterPeriod,
    FiledMajor,
    Institution,
    LearningCenter,
    School,
    Site,
)
from learning_centers.models.centers import CenterStatus, CenterType, Regime
from learning_centers.services.organizations import OrganizationDraft, Terms, recognised, register_organizations
from learning_centers.services.schools import hold_open_units

DEFAULT_TYPE = {
    Regime.SCHOOL_DIRECT: CenterType.SCHOOL_CENTER,
    Regime.FILED: CenterType.LEARNING_CENTER,
    Regime.OUTREACH: CenterType.OUTREACH_STATION,
    Regime.OVERSEAS: CenterType.BRANCH,
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a centre is: province code of six digits within China, country alone abroad."""

    province_code: str = ""
    region_code: str = ""
    address: str = ""
    country: str = "CHN"
    time_zone: str = "Asia/Shanghai"
    campus_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Filing:
    """A declaration that covers the days `[begin, end)`."""

    begin: dt.date | None = None
    end: dt.date | None = None
    year: int | None = None
    decision: str = CenterFiling.Decision.KEEP
    legacy: bool = False


@dataclass(frozen=True, kw_only=True)
class CenterDraft:
    """A centre as it is first recorded.

    `statuses` are (first day, status) in order, the first day of the first one open; `majors` are keys of filed majors.
    """

    code: str
    name: str
    school_id: int
    regime: str
    place: Place
    name_en: str = ""
    type: str = ""
    statuses: Sequence[tuple[dt.date | None, str]] = ((None, CenterStatus.ACTIVE),)
    host: OrganizationDraft | None = None
    agreement: Terms | None = None
    agreement_no: str = ""
    filings: Sequence[Filing] = ()
    majors: Sequence[int] = field(default_factory=tuple)
    majors_from: dt.date | None = None
    source_row: int | None = None


@transaction.atomic
def open_center(institution: Institution, draft: CenterDraft, *, by: Any) -> LearningCenter:
    """Record one centre; staff propose it and activate it later.

    Raises DomainError `center_exists`, `host_missing`, `change_not_possible` for a school that was closed meanwhile.
    """
    require(by, "learning_centers.open_center", institution)
    hold_open_units([School.objects.get(pk=draft.school_id)])
    if LearningCenter.objects.current().filter(institution=institution, code=draft.code).exists():
        raise DomainError(_("A learning centre with this code exists already."), code="center_exists")
    if draft.regime == Regime.FILED and draft.host is None:
        raise DomainError(_("An off-campus centre needs its host organization."), code="host_missing")
    if draft.host:
        draft = replace(draft, host=recognised(institution, draft.host))
    with recording(institution, by=by, reason="learning_centers.open_center") as entry:
        center = LearningCenter.objects.get(pk=open_centers(institution, [draft], entry=entry)[0])
        entry.note("learning_centers.open_center", center)
        return center


@transaction.atomic
def open_centers(institution: Institution, drafts: Sequence[CenterDraft], *, entry: Any) -> list[int]:
    """Record new centres with hosts, sites, periods, agreements, filings and filed majors; keys in the order of the drafts.

    The caller has checked that the codes are free; the database refuses the whole lot otherwise.
    """
    hosts = register_organizations(institution, [draft.host for draft in drafts if draft.host], entry=entry)
    sites = Site.objects.bulk_create(_site(institution, draft, entry) for draft in drafts)
    day = today(institution)
    centers = LearningCenter.objects.bulk_create(
        LearningCenter(
            institution=institution,
            code=draft.code,
            regime=draft.regime,
            name=draft.name,
            name_en=draft.name_en,
            school_id=draft.school_id,
            status=_status_on(draft, day),
            province_code=draft.place.province_code,
            **_known(draft, entry),
        )
        for draft in drafts
    )
    periods, filings, majors = [], [], []
    for draft, site, center in zip(drafts, sites, centers, strict=True):
        periods += _periods(draft, center, site, hosts.get(draft.host.key) if draft.host else None, entry)
        filings += [CenterFiling(center=center, **vars(filing), **_known(draft, entry)) for filing in draft.filings]
        majors += [
            FiledMajor(center=center, major_id=major, begin=draft.majors_from, **_known(draft, entry))
            for major in draft.majors
        ]
    CenterPeriod.objects.bulk_create(periods)
    CenterFiling.objects.bulk_create(filings)
    FiledMajor.objects.bulk_create(majors, batch_size=2000)
    _agree(institution, zip(drafts, centers, strict=True), hosts, entry)
    return [center.pk for center in centers]


def _known(draft: CenterDraft, entry: Any) -> dict[str, Any]:
    return {"recorded_in_id": entry.id, "source_row": draft.source_row}


def _site(institution: Institution, draft: CenterDraft, entry: Any) -> Site:
    return Site(institution=institution, **vars(draft.place), **_known(draft, entry))


def _status_on(draft: CenterDraft, day: dt.date) -> str:
    return [status for begin, status in draft.statuses if begin is None or begin <= day][-1]


def _periods(
    draft: CenterDraft, center: LearningCenter, site: Site, host_id: int | None, entry: Any
) -> list[CenterPeriod]:
    ends = [begin for begin, _status in draft.statuses[1:]] + [None]
    return [
        CenterPeriod(
            institution_id=center.institution_id,
            center=center,
            begin=begin,
            end=end,
            name=draft.name,
            school_id=draft.school_id,
            type=draft.type or DEFAULT_TYPE[Regime(draft.regime)],
            host_id=host_id,
            site=site,
            status=status,
            **_known(draft, entry),
        )
        for (begin, status), end in zip(draft.statuses, ends, strict=True)
    ]


def _agree(
    institution: Institution,
    opened: Iterable[tuple[CenterDraft, LearningCenter]],
    hosts: dict[str, int],
    entry: Any,
) -> None:
    agreed = [
        (draft, center, draft.host, draft.agreement) for draft, center in opened if draft.host and draft.agreement
    ]
    agreements = Agreement.objects.bulk_create(
        Agreement(
            institution=institution,
            organization_id=hosts[host.key],
            kind=Agreement.Kind.LEARNING_CENTER,
            number=draft.agreement_no,
            **_known(draft, entry),
        )
        for draft, _center, host, _terms in agreed
    )
    versions = AgreementVersion.objects.bulk_create(
        AgreementVersion(
            agreement=agreement,
            begin=terms.begin,
            end=terms.end,
            terms=terms.text,
            **_known(draft, entry),
        )
        for (draft, _center, _host, terms), agreement in zip(agreed, agreements, strict=True)
    )
    CenterAgreement.objects.bulk_create(
        CenterAgreement(center=center, agreement_version=version, **_known(draft, entry))
        for (draft, center, _host, _terms), version in zip(agreed, versions, strict=True)
    )


def offer_at_centers(
    institution: Institution, pairs: Iterable[tuple[int, int]], *, entry: Any, source_row: int | None = None
) -> dict[tuple[int, int], int]:
    """Keys of the centre offerings of these (centre, programme version) pairs, the missing ones made."""
    wanted = dict.fromkeys(pairs)
    known = CenterOffering.objects.current().filter(institution=institution, center__in={pair[0] for pair in wanted})
    found = {(center, version): key for center, version, key in known.values_list("center", "programme_version", "pk")}
    missing = [pair for pair in wanted if pair not in found]
    made = CenterOffering.objects.bulk_create(
        (
            CenterOffering(
                institution=institution,
                center_id=center,
                programme_version_id=version,
                recorded_in_id=entry.id,
                source_row=source_row,
            )
            for center, version in missing
        ),
        batch_size=2000,
    )
    return {pair: found[pair] for pair in wanted if pair in found} | {
        pair: one.pk for pair, one in zip(missing, made, strict=True)
    }


def hold_centers(keys: Iterable[int | None]) -> None:
    """Whoever would revoke one of these centres waits until this transaction ends; others who hold them do not wait.

    To be asked before reading what the centres admit to: what was read stays true.
    """
    held = sorted({key for key in keys if key})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM learning_centers_learningcenter WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [held]
        )
