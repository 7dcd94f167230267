"""What a file says differently from what is stored, written as a correction: the same days, other values.

Each takes the open recording of the institution and the row of the file; callers have judged the values.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from learning_centers.models import (
    Agreement,
    AgreementVersion,
    CenterAgreement,
    CenterFiling,
    FiledMajor,
    Institution,
    InstitutionCode,
    LearningCenter,
)


def correct_row(row: Any, entry: Any, source_row: int | None, **values: Any) -> Any:
    """Supersede a versioned row and write it anew with these values."""
    columns = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    kept = {name: getattr(row, name) for name in columns} | values
    type(row)._base_manager.filter(pk=row.pk).update(superseded_in_id=entry.id)
    return type(row)._base_manager.create(
        **kept | {"recorded_in_id": entry.id, "superseded_in_id": None, "source_row": source_row}
    )


def correct_institution_name(institution: Institution, name: str, entry: Any, source_row: int | None) -> None:
    for row in institution.names.current().filter(end__isnull=True):
        correct_row(row, entry, source_row, name=name)
    Institution.objects.filter(pk=institution.pk).update(name=name)
    institution.name = name


def correct_identifier(institution: Institution, identifier: str, entry: Any, source_row: int | None) -> None:
    held = institution.codes.current().filter(scheme=InstitutionCode.Scheme.IDENTIFIER, end__isnull=True).first()
    if held:
        if held.value != identifier:
            correct_row(held, entry, source_row, value=identifier)
        return
    InstitutionCode.objects.create(
        institution=institution,
        scheme=InstitutionCode.Scheme.IDENTIFIER,
        value=identifier,
        recorded_in_id=entry.id,
        source_row=source_row,
    )


def correct_filing(
    center: LearningCenter, begin: dt.date | None, end: dt.date | None, entry: Any, source_row: int | None
) -> None:
    """The latest filing covers `[begin, end)` instead, or is the first one."""
    filing = center.filings.current().order_by("begin", "pk").last()
    if filing:
        correct_row(filing, entry, source_row, begin=begin, end=end)
    else:
        CenterFiling.objects.create(center=center, begin=begin, end=end, recorded_in_id=entry.id, source_row=source_row)


def correct_agreement(
    center: LearningCenter, host_id: int, begin: dt.date | None, end: dt.date | None, entry: Any, source_row: int | None
) -> None:
    """The latest agreement of the centre is with this host and holds `[begin, end)`, or is the first one."""
    known = {"recorded_in_id": entry.id, "source_row": source_row}
    links = center.agreements.current().select_related("agreement_version__agreement")
    link = links.order_by("agreement_version__serial", "pk").last()
    if link and link.agreement_version.agreement.organization_id == host_id:
        version = correct_row(link.agreement_version, entry, source_row, begin=begin, end=end)
    else:
        agreement = Agreement.objects.create(
            institution=center.institution, organization_id=host_id, kind=Agreement.Kind.LEARNING_CENTER, **known
        )
        version = AgreementVersion.objects.create(agreement=agreement, begin=begin, end=end, **known)
    if link:
        CenterAgreement.objects.filter(pk=link.pk).supersede(entry.id)
    CenterAgreement.objects.create(center=center, agreement_version=version, **known)


def correct_filed_majors(center: LearningCenter, majors: Iterable[int], entry: Any, source_row: int | None) -> None:
    """Exactly these majors are filed; the others never were. One that was withdrawn is filed again from the day of that on."""
    wanted = set(majors)
    filed = dict(center.filed_majors.current().filter(end__isnull=True).values_list("major_id", "pk"))
    FiledMajor.objects.filter(pk__in=[key for major, key in filed.items() if major not in wanted]).supersede(entry.id)
    ended = center.filed_majors.current().filter(major__in=wanted, end__isnull=False).order_by("end")
    withdrawn = dict(ended.values_list("major_id", "end"))
    FiledMajor.objects.bulk_create(
        FiledMajor(
            center=center, major_id=major, begin=withdrawn.get(major), recorded_in_id=entry.id, source_row=source_row
        )
        for major in sorted(wanted - filed.keys())
    )
