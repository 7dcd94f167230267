"""What happens to a centre later: its status, its filing, its name. Revoking needs the students, and another place the
admission plans of the provinces: see `enrollment`."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F
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
    FiledMajor,
    LearningCenter,
    Major,
    Organization,
    ProgrammeVersion,
    School,
    Site,
)
from learning_centers.models.centers import CenterStatus, Regime
from learning_centers.services.center_periods import change_periods, on_day, timeline
from learning_centers.services.centers import Filing, Place, offer_at_centers
from learning_centers.services.dating import end_row
from learning_centers.services.organizations import Terms, next_version, require_free_number
from learning_centers.services.schools import hold_open_units


@transaction.atomic
def activate_center(center: LearningCenter, *, on: dt.date, by: Any) -> LearningCenter:
    """Proposed or stopped → active. An off-campus centre needs a filing and a host agreement that cover the day
    (`center_filing_lapsed`, `agreement_not_in_effect`)."""
    require(by, "learning_centers.activate_center", center)
    if center.regime == Regime.FILED:
        if not center.filings.current().on(on).exclude(decision__in=["stop_intake", "revoke"]).exists():
            raise DomainError(_("No filing covers this day."), code="center_filing_lapsed")
        host = on_day(timeline(center), on).host_id
        in_effect = AgreementVersion.objects.current().on(on).filter(agreement__organization=host)
        if not center.agreements.current().filter(agreement_version__in=in_effect).exists():
            raise DomainError(_("No agreement with the host covers this day."), code="agreement_not_in_effect")
    return _move(center, CenterStatus.ACTIVE, on, by, "learning_centers.activate_center")


@transaction.atomic
def stop_intake(center: LearningCenter, *, on: dt.date, by: Any, reason: str = "") -> LearningCenter:
    """Active → no new students from this day on; those enrolled are served (docs/rules.md §2.8)."""
    require(by, "learning_centers.stop_intake", center)
    return _move(center, CenterStatus.STOP_INTAKE, on, by, "learning_centers.stop_intake", reason)


def move_status(center: LearningCenter, to: str, *, on: dt.date, entry: Any) -> None:
    """The only writer of a centre's status after its opening. Raises DomainError `move_not_possible`.

    A move may be recorded late: then the status that follows must be reachable from it as well.
    """
    LearningCenter.objects.select_for_update(of=("self",)).get(pk=center.pk)
    periods = timeline(center)
    present = on_day(periods, on).status
    later = [period.status for period in periods if period.begin is not None and period.begin > on]
    following = next((status for status in later if status != present), None)
    leads_on = following is None or following == to or _may_follow(to, following)
    if not (_may_follow(present, to) and leads_on):
        raise DomainError(
            _("This is not possible: the state on that day is “%(state)s”.") % {"state": CenterStatus(present).label},
            code="move_not_possible",
        )
    change_periods(center, on, entry, status=to)
    center.refresh_from_db()


def _may_follow(status: str, to: str) -> bool:
    return to in LearningCenter.MOVES.get(CenterStatus(status), ())


def _move(center: LearningCenter, to: str, on: dt.date, by: Any, verb: str, reason: str = "") -> LearningCenter:
    with recording(center.institution, by=by, reason=verb) as entry:
        move_status(center, to, on=on, entry=entry)
        entry.note(verb, center, reason=reason, on=on.isoformat())
    return center


@transaction.atomic
def rename_center(center: LearningCenter, name: str, *, on: dt.date, by: Any, name_en: str = "") -> LearningCenter:
    """Another name from this day on. The English one is known of the present name alone: without one, and ahead of the day, the
    new name has none."""
    require(by, "learning_centers.rename_center", center)
    _change(center, on, by, "learning_centers.rename_center", name=name)
    if name_en and center.name == name:
        LearningCenter.objects.filter(pk=center.pk).update(name_en=name_en)
        center.refresh_from_db()
    return center


@transaction.atomic
def hand_over_center(center: LearningCenter, school: School, *, on: dt.date, by: Any) -> LearningCenter:
    """The centre belongs to another school of the institution from this day on.

    Right: `learning_centers.hand_over_center`, and the school must be in sight. Raises DomainError `change_not_possible`,
    `nothing_changes`.
    """
    require(by, "learning_centers.hand_over_center", center)
    require(by, "learning_centers.view_structure", school)
    hold_open_units([school])
    if school.institution_id != center.institution_id:
        raise DomainError(_("This belongs to another institution."), code="change_not_possible")
    if on_day(timeline(center), on).school_id == school.pk:
        raise DomainError(_("This is so on that day already."), code="nothing_changes")
    return _change(center, on, by, "learning_centers.hand_over_center", school_id=school.pk)


def move_place(center: LearningCenter, place: Place, *, on: dt.date, entry: Any) -> None:
    """The only writer of a centre's site after its opening: another one from this day on."""
    LearningCenter.objects.select_for_update(of=("self",)).get(pk=center.pk)
    site = Site.objects.create(institution=center.institution, recorded_in_id=entry.id, **vars(place))
    change_periods(center, on, entry, site_id=site.pk)
    center.refresh_from_db()


@transaction.atomic
def change_host(center: LearningCenter, host: Organization, *, on: dt.date, by: Any) -> LearningCenter:
    """Another host from this day on: for the authorities a new centre, so it must be filed again (docs/rules.md §2.8). Raises
    DomainError `nothing_changes` where this is the host already."""
    require(by, "learning_centers.change_host", center)
    if on_day(timeline(center), on).host_id == host.pk:
        raise DomainError(_("This is the host on that day already."), code="nothing_changes")
    with recording(center.institution, by=by, reason="learning_centers.change_host") as entry:
        for filing in center.filings.current().on(on):
            end_row(filing, max(on, filing.begin or on), entry.id)
        return _change(center, on, by, "learning_centers.change_host", host_id=host.pk)


@transaction.atomic
def agree_with_host(
    center: LearningCenter, terms: Terms, *, renews: Agreement | None = None, number: str = "", by: Any
) -> AgreementVersion:
    """Put on file what was signed with the centre's host of the first day (today, if none is named): the next version of an
    agreement, or a new one under its number.

    Right: `learning_centers.agree_with_host`. Raises DomainError `host_missing`, `other_host` for an agreement with another
    organization, `agreement_number_taken`.
    """
    require(by, "learning_centers.agree_with_host", center)
    center = LearningCenter.objects.select_for_update(of=("self",)).get(pk=center.pk)
    host = on_day(timeline(center), terms.begin or today(center.institution)).host_id
    if host is None:
        raise DomainError(_("The centre has no host on that day."), code="host_missing")
    if renews and renews.organization_id != host:
        raise DomainError(_("This agreement is with another organization than the host."), code="other_host")
    if not renews:
        require_free_number(center.institution, number)
    with recording(center.institution, by=by, reason="learning_centers.agree_with_host") as entry:
        agreement = renews or Agreement.objects.create(
            institution=center.institution, organization_id=host, kind=Agreement.Kind.LEARNING_CENTER, number=number,
            recorded_in_id=entry.id,
        )  # fmt: skip
        version = next_version(agreement, terms, entry)
        CenterAgreement.objects.create(center=center, agreement_version=version, recorded_in_id=entry.id)
        entry.note("learning_centers.agree_with_host", center, agreement=str(agreement.public_id))
    return version


def _change(center: LearningCenter, on: dt.date, by: Any, verb: str, **changes: Any) -> LearningCenter:
    with recording(center.institution, by=by, reason=verb) as entry:
        LearningCenter.objects.select_for_update(of=("self",)).get(pk=center.pk)
        change_periods(center, on, entry, **changes)
        entry.note(verb, center, on=on.isoformat())
    center.refresh_from_db()
    return center


@transaction.atomic
def file_center(center: LearningCenter, filing: Filing, *, by: Any) -> CenterFiling:
    """Record a declaration to the authorities; intake is lawful on the days that it covers. Raises DomainError `nothing_changes`
    for one that is on file."""
    require(by, "learning_centers.file_center", center)
    LearningCenter.objects.select_for_update(of=("self",)).get(pk=center.pk)
    if center.filings.current().filter(**vars(filing)).exists():
        raise DomainError(_("This filing is recorded already."), code="nothing_changes")
    with recording(center.institution, by=by, reason="learning_centers.file_center") as entry:
        entry.note("learning_centers.file_center", center, year=filing.year, decision=str(filing.decision))
        return CenterFiling.objects.create(center=center, recorded_in_id=entry.id, **vars(filing))


@transaction.atomic
def file_majors(center: LearningCenter, majors: Iterable[Major], *, begin: dt.date, by: Any) -> list[FiledMajor]:
    """File further majors from this day on; one that is filed already stays as it is, one that is filed from a later day on is
    filed up to that day as well."""
    require(by, "learning_centers.file_majors", center)
    LearningCenter.objects.select_for_update(of=("self",)).get(pk=center.pk)
    filed = set(center.filed_majors.current().on(begin).values_list("major_id", flat=True))
    later = center.filed_majors.current().filter(begin__gt=begin).exclude(end=F("begin")).order_by("-begin")
    until = dict(later.values_list("major_id", "begin"))
    with recording(center.institution, by=by, reason="learning_centers.file_majors") as entry:
        entry.note("learning_centers.file_majors", center)
        return FiledMajor.objects.bulk_create(
            FiledMajor(center=center, major=major, begin=begin, end=until.get(major.pk), recorded_in_id=entry.id)
            for major in majors
            if major.pk not in filed
        )


@transaction.atomic
def withdraw_major(center: LearningCenter, major: Major, *, on: dt.date, by: Any) -> None:
    """The centre admits to this major no longer from that day on. Raises DomainError `nothing_changes` where it is not filed on
    that day."""
    require(by, "learning_centers.withdraw_major", center)
    LearningCenter.objects.select_for_update(of=("self",)).get(pk=center.pk)
    filed = list(center.filed_majors.current().on(on).filter(major=major))
    if not filed:
        raise DomainError(_("The centre has not filed this major on that day."), code="nothing_changes")
    with recording(center.institution, by=by, reason="learning_centers.withdraw_major") as entry:
        for row in filed:
            end_row(row, on, entry.id)
        entry.note("learning_centers.withdraw_major", center)


@transaction.atomic
def offer_at_center(center: LearningCenter, version: ProgrammeVersion, *, on: dt.date, by: Any) -> CenterOffering:
    """Offer a programme version at the centre. Raises DomainError `major_not_open_at_center` for a major it has not filed."""
    require(by, "learning_centers.offer_at_center", center)
    if not center.filed_majors.current().on(on).filter(major=version.programme.major_id).exists():
        raise DomainError(_("The centre has not filed this major."), code="major_not_open_at_center")
    with recording(center.institution, by=by, reason="learning_centers.offer_at_center") as entry:
        key = offer_at_centers(center.institution, [(center.pk, version.pk)], entry=entry)[center.pk, version.pk]
        entry.note("learning_centers.offer_at_center", center)
        return CenterOffering.objects.get(pk=key)
