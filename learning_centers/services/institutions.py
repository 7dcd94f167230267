"""Institutions: founding, codes and names by date, and the honours and statuses that they hold (docs/rules.md §1)."""

import datetime as dt
import re
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.dates import PartialDate, Precision
from common.errors import DomainError
from common.identifiers.errors import IdentifierError
from common.identifiers.organizations import school_identifier
from common.ledger import recording
from learning_centers.models import Designation, Institution, InstitutionCode, InstitutionName, School, SchoolName
from learning_centers.models.schools import SchoolRole
from learning_centers.services.dating import end_row, require_news, succeed
from learning_centers.services.naming import project_names


@transaction.atomic
def found_institution(
    code: str,
    name: str,
    *,
    by: Any,
    name_en: str = "",
    identifier: str = "",
    records_complete_from: dt.date | None = None,
    with_school: bool = True,
    source: uuid.UUID | None = None,
) -> Institution:
    """A new tenant under its five-digit national code, with one teaching school of the same name unless told otherwise.

    `source` is the import that brings it. When that is undone, the institution stays as an empty shell: its school, names
    and codes are no longer known, and `constitute` makes them anew.

    Raises DomainError `institution_exists`, or `school_identifier_mismatch` for an identifier of another school.
    """
    require(by, "learning_centers.found_institution")
    if Institution.objects.filter(code=code).exists():
        raise DomainError(_("An institution with this code exists already."), code="institution_exists")
    institution = Institution(code=code, name=name, name_en=name_en, records_complete_from=records_complete_from)
    institution.full_clean()
    institution.save()
    with recording(institution, by=by, reason="learning_centers.found_institution", source=source) as entry:
        entry.note("learning_centers.found_institution", institution)
        known = {"institution": institution, "recorded_in_id": entry.id}
        constitute(institution, entry=entry)
        if identifier:
            _hold_identifier(institution, identifier, entry)
        if with_school:
            school = School.objects.create(code=code, name=name, name_en=name_en, **known)
            SchoolName.objects.create(school=school, name=name, name_en=name_en, recorded_in_id=entry.id)
            SchoolRole.objects.create(school=school, role=SchoolRole.Role.PROVIDER, recorded_in_id=entry.id)
    return institution


def constitute(institution: Institution, *, entry: Any) -> None:
    """The national code and the name that hold from the beginning, where nothing is known of them."""
    known = {"institution": institution, "recorded_in_id": entry.id}
    if not institution.codes.current().filter(scheme=InstitutionCode.Scheme.NATIONAL).exists():
        InstitutionCode.objects.create(scheme=InstitutionCode.Scheme.NATIONAL, value=institution.code, **known)
    if not institution.names.current().exists():
        InstitutionName.objects.create(name=institution.name, name_en=institution.name_en, **known)


def hold_identifier(institution: Institution, identifier: str, *, by: Any) -> None:
    """Give the institution its ten-digit identifier, which must hold its code, on the days of that code; the same one again
    changes nothing."""
    require(by, "learning_centers.hold_identifier", institution)
    with recording(institution, by=by, reason="learning_centers.hold_identifier") as entry:
        entry.note("learning_centers.hold_identifier", institution)
        _hold_identifier(institution, identifier, entry)


def _hold_identifier(institution: Institution, identifier: str, entry: Any) -> None:
    try:
        value = school_identifier(identifier, school=institution.code)
    except IdentifierError as error:
        raise DomainError(_("The identifier does not belong to this school code."), code=error.code) from None
    scheme = InstitutionCode.Scheme.IDENTIFIER
    held = InstitutionCode.objects.current().filter(institution=institution, scheme=scheme)
    if held.filter(value=value, end__isnull=True).exists():
        return
    begin = institution.codes.current().filter(scheme=InstitutionCode.Scheme.NATIONAL, value=institution.code)
    since = begin.order_by("-begin").values_list("begin", flat=True).first()
    for row in held.filter(end__isnull=True):
        if since is None or (row.begin is not None and row.begin >= since):
            held.filter(pk=row.pk).supersede(entry.id)
        else:
            end_row(row, since, entry.id)
    InstitutionCode.objects.create(
        institution=institution, scheme=scheme, value=value, begin=since, recorded_in_id=entry.id
    )


@transaction.atomic
def change_code(institution: Institution, code: str, *, on: dt.date, by: Any) -> None:
    """A new national code from this day; diplomas conferred earlier keep the code of their day (docs/rules.md §2.6).

    Raises DomainError `school_code_invalid`, `institution_exists`, `change_not_possible`, `nothing_changes`.
    """
    require(by, "learning_centers.change_code", institution)
    if not re.fullmatch(r"[0-9]{5}", code):
        raise DomainError(_("A national code has five digits."), code="school_code_invalid")
    rows = institution.codes.filter(scheme=InstitutionCode.Scheme.NATIONAL)
    require_news(rows, on, value=code)
    held = InstitutionCode.objects.current().filter(scheme=InstitutionCode.Scheme.NATIONAL, value=code)
    others = Institution.objects.exclude(pk=institution.pk)
    if held.filter(institution__in=others).exists() or others.filter(code=code).exists():
        raise DomainError(_("An institution with this code exists already."), code="institution_exists")
    with recording(institution, by=by, reason="learning_centers.change_code") as entry:
        succeed(rows, on, entry.id, institution=institution, scheme=InstitutionCode.Scheme.NATIONAL, value=code)
        project_names(institution)
        entry.note("learning_centers.change_code", institution, code=code)
    institution.refresh_from_db()


@transaction.atomic
def rename_institution(institution: Institution, name: str, *, on: dt.date, by: Any, name_en: str = "") -> None:
    """Another name from this day on. Raises DomainError `change_not_possible` where a later one is known, `nothing_changes`."""
    require(by, "learning_centers.rename_institution", institution)
    require_news(institution.names.all(), on, name=name, name_en=name_en)
    with recording(institution, by=by, reason="learning_centers.rename_institution") as entry:
        succeed(institution.names.all(), on, entry.id, institution=institution, name=name, name_en=name_en)
        project_names(institution)
        entry.note("learning_centers.rename_institution", institution)
    institution.refresh_from_db()


def state_completeness(institution: Institution, since: dt.date | None, *, by: Any) -> None:
    """Say from which day on the records are complete: figures of earlier days are marked. None: nothing is said."""
    require(by, "learning_centers.state_completeness", institution)
    with recording(institution, by=by, reason="learning_centers.state_completeness") as entry:
        Institution.objects.filter(pk=institution.pk).update(records_complete_from=since)
        since_text = since.isoformat() if since else ""
        entry.note("learning_centers.state_completeness", institution, records_complete_from=since_text)
    institution.refresh_from_db()


def designate(
    institution: Institution,
    kind: str,
    title: str,
    *,
    by: Any,
    title_en: str = "",
    issuer: str = "",
    issuer_en: str = "",
    granted: PartialDate | None = None,
    ended_on: dt.date | None = None,
    repeat_count: int | None = None,
    school: School | None = None,
) -> Designation:
    """Record an award, accreditation, base, test centre or chair; issuer and date may be unknown. Raises DomainError
    `date_order`."""
    require(by, "learning_centers.designate", institution)
    if granted and ended_on and ended_on < granted.first:
        raise DomainError(_("The end is before the beginning."), code="date_order")
    with recording(institution, by=by, reason="learning_centers.designate") as entry:
        entry.note("learning_centers.designate", institution, kind=kind)
        return Designation.objects.create(
            institution=institution,
            school=school,
            kind=kind,
            title=title,
            title_en=title_en,
            issuer=issuer,
            issuer_en=issuer_en,
            granted_on=granted.first if granted else None,
            precision=granted.precision if granted else Precision.YEAR,
            ended_on=ended_on,
            repeat_count=repeat_count,
            recorded_in_id=entry.id,
        )
