"""Storing rows of `learning_centers`. A file records what an authority decided, so no move of a status is refused here."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from exchange.importing import Row, Store, differing
from exchange.importing.rows import CREATED, UPDATED
from exchange.models import overwrite
from learning_centers.catalogue import Catalogue, catalogues
from learning_centers.models import (
    CenterAgreement,
    CenterFiling,
    CenterPeriod,
    FiledMajor,
    Institution,
    LearningCenter,
    School,
    Site,
)
from learning_centers.models.centers import CenterStatus, Regime
from learning_centers.services import (
    CenterDraft,
    Filing,
    OrganizationDraft,
    Place,
    Terms,
    open_centers,
    register_organizations,
)
from learning_centers.services.center_periods import (
    Period,
    corrected,
    project_centers,
    status_from,
    timeline,
    write_timeline,
)
from learning_centers.services.corrections import (
    correct_agreement,
    correct_filed_majors,
    correct_filing,
    correct_row,
)

REGIMES = {"school_direct": Regime.SCHOOL_DIRECT, "off_campus": Regime.FILED}
KINDS = {str(regime): kind for kind, regime in REGIMES.items()}
FACTS = (
    "center_name", "center_kind", "host_name", "host_uscc", "province_code", "prefecture_code", "agreement_from",
    "agreement_to", "filed_from", "filed_to", "open_majors", "status", "status_date",
)  # fmt: skip
ONE_DAY = dt.timedelta(days=1)


class CentersStore(Store):
    reports = frozenset({"school_code", "open_majors"})

    def __init__(self, desk: Any) -> None:
        super().__init__(desk)
        self.institutions = {one.code: one for one in desk.reachable(Institution.objects.all())}
        self.catalogues: dict[int, Catalogue] = {}
        self.schools: dict[int, int] = {}
        """The first school that is open, by institution: new centres belong to it."""

    def plan(self, rows: Sequence[Row]) -> None:
        wanted = {row["school_code"] for row in rows if row.sound("school_code")} & self.institutions.keys()
        keys = [self.institutions[code].pk for code in wanted]
        self.catalogues = catalogues(keys)
        teaching = School.objects.current().filter(institution__in=keys, kind=School.Kind.SCHOOL, closed_on=None)
        self.schools = dict(teaching.order_by("-pk").values_list("institution", "pk"))
        stored = stored_centers(keys, {row["center_code"] for row in rows if row.sound("center_code")})
        for row in rows:
            if not row.sound("school_code"):
                continue
            institution = self.institutions.get(row["school_code"])
            catalogue = self.catalogues.get(institution.pk) if institution else None
            if institution is None or catalogue is None or not catalogue.offered_codes:
                row.say("school_code", "school_unknown")
                continue
            if row.sound("open_majors") and not catalogue.offered_codes.issuperset(row["open_majors"]):
                row.say("open_majors", "major_unknown")
            if not row.rejected:
                self._compare(row, institution.pk, stored)

    def _compare(
        self, row: Row, institution_id: int, stored: dict[tuple[int, str], tuple[LearningCenter, dict]]
    ) -> None:
        row.institution_id = institution_id
        known = stored.get((institution_id, row["center_code"]))
        if known is None:
            row.outcome = CREATED
            if institution_id not in self.schools:
                row.say("school_code", "school_unknown")
            return
        row.work, facts = known
        changes = differing(row, facts, [name for name in FACTS if name != "open_majors"])
        if row["open_majors"] and set(row["open_majors"]) != set(facts["open_majors"]):
            changes.append("open_majors")
        if row["status"] == CenterStatus.PROPOSED and "status_date" in changes:
            changes.remove("status_date")
        row.changes = [name for name in FACTS if name in changes]
        if row.changes:
            row.outcome = UPDATED

    def write(self, rows: Sequence[Row], entry: Any, institution: Any) -> None:
        catalogue = self.catalogues[institution.pk]
        new = [row for row in rows if row.outcome == CREATED]
        open_centers(institution, [self._draft(row, institution, catalogue) for row in new], entry=entry)
        for row in rows:
            if row.outcome == UPDATED:
                _correct(row.work, row, entry, catalogue, self.desk.today)

    def _draft(self, row: Row, institution: Any, catalogue: Catalogue) -> CenterDraft:
        host = OrganizationDraft(name=row["host_name"], uscc=row["host_uscc"] or "") if row["host_name"] else None
        has_filing = row["filed_from"] or row["filed_to"]
        has_terms = row["agreement_from"] or row["agreement_to"]
        return CenterDraft(
            code=row["center_code"],
            name=row["center_name"],
            school_id=self.schools[institution.pk],
            regime=REGIMES[row["center_kind"]],
            place=Place(province_code=row["province_code"], region_code=row["prefecture_code"] or ""),
            statuses=_statuses(row["status"], row["status_date"]),
            host=host,
            agreement=Terms(begin=row["agreement_from"], end=_after(row["agreement_to"])) if has_terms else None,
            filings=[Filing(begin=row["filed_from"], end=_after(row["filed_to"]))] if has_filing else [],
            majors=[catalogue.major_ids[code] for code in row["open_majors"] or ()],
            source_row=row.number,
        )

    @classmethod
    def undone(cls, made: Sequence[int], entry: Any, institution: Any) -> None:
        restored = CenterPeriod.objects.filter(recorded_in=entry.id).values_list("center_id", flat=True)
        project_centers(institution, list(restored))


def _statuses(status: str, since: dt.date | None) -> list[tuple[dt.date | None, str]]:
    if since is None or status == CenterStatus.PROPOSED:
        return [(None, status)]
    return [(None, _before(status)), (since, status)]


def _before(status: str) -> str:
    return CenterStatus.PROPOSED if status == CenterStatus.ACTIVE else CenterStatus.ACTIVE


def _after(last: dt.date | None) -> dt.date | None:
    return last + ONE_DAY if last else None


def _last(end: dt.date | None) -> dt.date | None:
    return end - ONE_DAY if end else None


def _status_since(periods: Sequence[Period | CenterPeriod]) -> dt.date | None:
    since = None
    for period in reversed(periods):
        if period.status != periods[-1].status:
            break
        since = period.begin
    return since


def stored_centers(
    institutions: Sequence[int], codes: set[str]
) -> dict[tuple[int, str], tuple[LearningCenter, dict[str, Any]]]:
    """Centres with what a file would say of them, by institution and code."""
    found = LearningCenter.objects.current().filter(institution__in=institutions, code__in=codes)
    centers = {one.pk: one for one in found.select_related("institution")}
    facts: dict[int, dict[str, Any]] = {key: dict.fromkeys(FACTS) for key in centers}
    periods: dict[int, list[CenterPeriod]] = {}
    timelines = CenterPeriod.objects.current().filter(center__in=centers).select_related("host", "site")
    for period in timelines:
        periods.setdefault(period.center_id, []).append(period)
    for key, some in periods.items():
        some.sort(key=lambda period: period.begin or dt.date.min)
        last = some[-1]
        facts[key] |= {
            "center_name": last.name,
            "center_kind": KINDS.get(centers[key].regime, centers[key].regime),
            "host_name": last.host and last.host.name,
            "host_uscc": last.host and last.host.uscc,
            "province_code": last.site and last.site.province_code,
            "prefecture_code": last.site and last.site.region_code,
            "status": last.status,
            "status_date": _status_since(some),
        }
    for filing in CenterFiling.objects.current().filter(center__in=centers).order_by("begin", "pk"):
        facts[filing.center_id] |= {"filed_from": filing.begin, "filed_to": _last(filing.end)}
    links = CenterAgreement.objects.current().filter(center__in=centers).select_related("agreement_version")
    for link in links.order_by("agreement_version__serial", "pk"):
        version = link.agreement_version
        facts[link.center_id] |= {"agreement_from": version.begin, "agreement_to": _last(version.end)}
    filed = FiledMajor.objects.current().filter(center__in=centers, end__isnull=True)
    for key in facts:
        facts[key]["open_majors"] = ()
    for key, code in filed.values_list("center_id", "major__code"):
        facts[key]["open_majors"] += (code,)
    return {(one.institution_id, one.code): (one, facts[key]) for key, one in centers.items()}


def _correct(center: LearningCenter, row: Row, entry: Any, catalogue: Catalogue, today: dt.date) -> None:
    center = LearningCenter.objects.select_for_update(of=("self",)).get(pk=center.pk)
    changes = set(row.changes)
    if "center_kind" in changes:
        overwrite(entry.id, center, "regime", str(REGIMES[row["center_kind"]]))
    before = timeline(center)
    after = corrected(before, **_period_values(center, row, changes, before[-1], entry))
    if changes & {"status", "status_date"}:
        after = _with_status(after, row, today)
    if after != before:
        write_timeline(center, before, after, entry, row.number)
    if changes & {"filed_from", "filed_to"}:
        filing = center.filings.current().order_by("begin", "pk").last()
        filed = (filing.begin, filing.end) if filing else (None, None)
        correct_filing(center, row["filed_from"] or filed[0], _after(row["filed_to"]) or filed[1], entry, row.number)
    if changes & {"agreement_from", "agreement_to", "host_uscc"} and after[-1].host_id:
        links = center.agreements.current().select_related("agreement_version")
        link = links.order_by("agreement_version__serial", "pk").last()
        agreed = (link.agreement_version.begin, link.agreement_version.end) if link else (None, None)
        begin, end = row["agreement_from"] or agreed[0], _after(row["agreement_to"]) or agreed[1]
        correct_agreement(center, after[-1].host_id, begin, end, entry, row.number)
    if "open_majors" in changes:
        majors = [catalogue.major_ids[code] for code in row["open_majors"]]
        correct_filed_majors(center, majors, entry, row.number)


def _period_values(center: LearningCenter, row: Row, changes: set[str], last: Period, entry: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "center_name" in changes:
        values["name"] = row["center_name"]
    if changes & {"host_name", "host_uscc"}:
        values["host_id"] = _host(center, row, changes, last, entry)
    if changes & {"province_code", "prefecture_code"}:
        known = Site.objects.filter(pk=last.site_id).first()
        region = row["prefecture_code"] or ""
        if not region and known and known.province_code == row["province_code"]:
            region = known.region_code
        values["site_id"] = Site.objects.create(
            institution_id=center.institution_id,
            province_code=row["province_code"],
            region_code=region,
            recorded_in_id=entry.id,
            source_row=row.number,
        ).pk
    return values


def _host(center: LearningCenter, row: Row, changes: set[str], last: Period, entry: Any) -> int:
    """Another legal person, or the same one under its right name."""
    known = center.institution.organizations.current()
    if "host_uscc" in changes and row["host_uscc"]:
        present = known.filter(pk=last.host_id).first()
        name = row["host_name"] or (present.name if present else row["host_uscc"])
        draft = OrganizationDraft(name=name, uscc=row["host_uscc"], source_row=row.number)
        host = known.get(pk=register_organizations(center.institution, [draft], entry=entry)[draft.key])
    elif last.host_id:
        host = known.get(pk=last.host_id)
    else:
        draft = OrganizationDraft(name=row["host_name"], source_row=row.number)
        host = known.get(pk=register_organizations(center.institution, [draft], entry=entry)[draft.key])
    if row["host_name"] and host.name != row["host_name"]:
        for name in host.names.current().filter(end__isnull=True):
            correct_row(name, entry, row.number, name=row["host_name"])
        overwrite(entry.id, host, "name", row["host_name"])
    return host.pk


def _with_status(periods: Sequence[Period], row: Row, today: dt.date) -> list[Period]:
    status, on = row["status"], row["status_date"]
    since = _status_since(periods)
    if status == periods[-1].status:
        if on is None:
            return list(periods)
        periods = status_from(periods, since, _before(status))
        return status_from(periods, on, status)
    return status_from(periods, on or today, status)
