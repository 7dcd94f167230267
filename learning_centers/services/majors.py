"""From a catalogued major to what is open for an entry batch: major → programme → version → offering."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common.access import require
from common.batches import batch_of
from common.errors import DomainError
from common.ledger import recording
from learning_centers.models import Institution, Major, Offering, Programme, ProgrammeVersion, School
from learning_centers.models.majors import LevelPath
from learning_centers.rules import Rulebook
from learning_centers.services.schools import hold_open_units
from learning_centers.study_forms import STUDY_FORM_RULES, admits

BACHELOR_PREFIXES = frozenset(f"{number:02}" for number in (*range(1, 15), *range(21, 40)))
COLLEGE_PREFIXES = frozenset(str(number) for number in range(41, 60))

MAJOR_CODE = re.compile(r"[0-9]{6}(T|K|TK)?")

# Observed maximum lengths and credits (docs/rules.md §2.2); a draft may say otherwise.
MAX_YEARS = {LevelPath.SEC_TO_JC: Decimal(5), LevelPath.JC_TO_BA: Decimal(5), LevelPath.SEC_TO_BA: Decimal(8)}
CREDITS = {LevelPath.SEC_TO_JC: Decimal(80), LevelPath.JC_TO_BA: Decimal(80), LevelPath.SEC_TO_BA: Decimal(150)}


@dataclass(frozen=True, kw_only=True)
class OfferingDraft:
    """A line of `schools_and_majors`: a major along a path in a form, from the first day of one batch to that of another."""

    major_code: str
    major_name: str
    level_path: str
    study_form: str
    years: Decimal
    open_from: dt.date
    open_to: dt.date | None = None
    major_name_en: str = ""
    edition: str = ""
    isced_field: str = ""
    min_years: Decimal | None = None
    max_years: Decimal | None = None
    credits: Decimal | None = None
    source_row: int | None = None

    @property
    def programme_key(self) -> tuple[str, str]:
        return self.major_code, self.level_path

    @property
    def version_key(self) -> tuple[str, str, str, Decimal]:
        return self.major_code, self.level_path, self.study_form, Decimal(self.years)


@transaction.atomic
def offer_programme(school: School, draft: OfferingDraft, *, by: Any) -> Offering:
    """Open a programme of the school for entry batches, making major, programme and version if need be.

    Raises DomainError `major_code_invalid`, `major_level_mismatch` (docs/rules.md §3: catalogue of the wrong level), `date_order`,
    `study_form_not_valid_for_batch`, `offering_exists`, or `change_not_possible` at a school that is closed.
    """
    require(by, "learning_centers.offer_programme", school)
    _check_draft(draft)
    hold_open_units([school])
    _require_not_open(school, draft)
    book = Rulebook.of(school.institution, *STUDY_FORM_RULES)
    first = batch_of(draft.open_from)
    if not admits(draft.study_form, first, book, school_id=school.pk, level_path=draft.level_path):
        raise DomainError(_("This study form admits no students to that batch."), code="study_form_not_valid_for_batch")
    with recording(school.institution, by=by, reason="learning_centers.offer_programme") as entry:
        offering = Offering.objects.get(pk=offer_programmes(school, [draft], entry=entry)[0])
        entry.note("learning_centers.offer_programme", offering.programme_version.programme.major)
        return offering


@transaction.atomic
def offer_programmes(school: School, drafts: Sequence[OfferingDraft], *, entry: Any) -> list[int]:
    """Keys of the offerings in the order of the drafts; what exists is used again, also an offering of the same first batch."""
    majors = _ensure_majors(school.institution, drafts, entry)
    programmes = _ensure_programmes(school, drafts, majors, entry)
    versions = _ensure_versions(school, drafts, programmes, entry)
    known = Offering.objects.current().filter(programme_version__in=versions.values())
    found = {(row.programme_version_id, row.open_from): row.pk for row in known}
    wanted = {(versions[draft.version_key], draft.open_from): draft for draft in drafts}
    missing = {key: draft for key, draft in wanted.items() if key not in found}
    made = Offering.objects.bulk_create(
        Offering(
            institution_id=school.institution_id,
            programme_version_id=version,
            open_from=open_from,
            open_to=draft.open_to,
            recorded_in_id=entry.id,
            source_row=draft.source_row,
        )
        for (version, open_from), draft in missing.items()
    )
    found |= {key: row.pk for key, row in zip(missing, made, strict=True)}
    return [found[versions[draft.version_key], draft.open_from] for draft in drafts]


def close_offering(offering: Offering, open_to: dt.date, *, by: Any) -> Offering:
    """No batch after the one that begins on `open_to`; students of earlier batches go on."""
    require(by, "learning_centers.close_offering", offering)
    if open_to < offering.open_from:
        raise DomainError(_("The last batch is before the first one."), code="date_order")
    with recording(offering.institution, by=by, reason="learning_centers.close_offering") as entry:
        entry.note("learning_centers.close_offering", offering.programme_version.programme.major)
        return revise_offering(offering, entry=entry, open_to=open_to)


def revise_offering(offering: Offering, *, entry: Any, **changes: Any) -> Offering:
    """Supersede the offering and write it anew; changes: programme_version_id, open_from, open_to, source_row."""
    Offering.objects.filter(pk=offering.pk).supersede(entry.id)
    columns = ("institution_id", "programme_version_id", "open_from", "open_to", "source_row")
    values = {column: getattr(offering, column) for column in columns} | changes
    return Offering.objects.create(**values, recorded_in_id=entry.id)


def _require_not_open(school: School, draft: OfferingDraft) -> None:
    """What is open for one of these batches already, here or since before a merger, is not opened beside itself."""
    here = Q(programme__school=school) | Q(programme__school__closed_on__isnull=False)
    versions = ProgrammeVersion.objects.current().filter(
        here,
        institution=school.institution,
        programme__major__code=draft.major_code,
        programme__level_path=draft.level_path,
        study_form=draft.study_form,
    )
    open_then = Q(open_to__isnull=True) | Q(open_to__gte=draft.open_from)
    same = Offering.objects.current().filter(open_then, programme_version__in=versions)
    if draft.open_to:
        same = same.filter(open_from__lte=draft.open_to)
    if same.exists():
        raise DomainError(_("This programme is open for some of these batches already."), code="offering_exists")


def _check_draft(draft: OfferingDraft) -> None:
    if not MAJOR_CODE.fullmatch(draft.major_code):
        raise DomainError(_("A major code has six digits, and T, K or TK after them."), code="major_code_invalid")
    prefixes = COLLEGE_PREFIXES if draft.level_path == LevelPath.SEC_TO_JC else BACHELOR_PREFIXES
    if draft.major_code[:2] not in prefixes:
        raise DomainError(_("This code belongs to the catalogue of another level."), code="major_level_mismatch")
    if draft.open_to is not None and draft.open_to < draft.open_from:
        raise DomainError(_("The last batch is before the first one."), code="date_order")


def _ensure_majors(institution: Institution, drafts: Sequence[OfferingDraft], entry: Any) -> dict[str, int]:
    wanted = {draft.major_code: draft for draft in reversed(drafts)}
    known = Major.objects.current().filter(institution=institution, code__in=wanted)
    found = dict(known.values_list("code", "pk"))
    missing = [draft for draft in drafts if draft.major_code not in found and wanted[draft.major_code] is draft]
    made = Major.objects.bulk_create(
        Major(
            institution=institution,
            code=draft.major_code,
            name=draft.major_name,
            name_en=draft.major_name_en,
            edition=draft.edition,
            isced_field=draft.isced_field,
            recorded_in_id=entry.id,
            source_row=draft.source_row,
        )
        for draft in missing
    )
    return found | {major.code: major.pk for major in made}


def _ensure_programmes(
    school: School, drafts: Sequence[OfferingDraft], majors: dict[str, int], entry: Any
) -> dict[tuple[str, str], int]:
    known = Programme.objects.current().filter(school=school).values_list("major__code", "level_path", "pk")
    found = {(code, path): key for code, path, key in known}
    missing = {draft.programme_key: draft for draft in reversed(drafts) if draft.programme_key not in found}
    made = Programme.objects.bulk_create(
        Programme(
            institution_id=school.institution_id,
            school=school,
            major_id=majors[code],
            level_path=path,
            recorded_in_id=entry.id,
            source_row=draft.source_row,
        )
        for (code, path), draft in missing.items()
    )
    return found | {key: row.pk for key, row in zip(missing, made, strict=True)}


def _ensure_versions(
    school: School, drafts: Sequence[OfferingDraft], programmes: dict[tuple[str, str], int], entry: Any
) -> dict[tuple[str, str, str, Decimal], int]:
    known = ProgrammeVersion.objects.current().filter(programme__in=programmes.values())
    columns = ("programme__major__code", "programme__level_path", "study_form", "normal_years", "pk")
    found = {tuple(row[:4]): row[4] for row in known.values_list(*columns)}
    missing = {draft.version_key: draft for draft in reversed(drafts) if draft.version_key not in found}
    made = ProgrammeVersion.objects.bulk_create(
        ProgrammeVersion(
            institution_id=school.institution_id,
            programme_id=programmes[draft.programme_key],
            study_form=draft.study_form,
            normal_years=draft.years,
            min_years=draft.min_years or draft.years,
            max_years=draft.max_years or max(Decimal(draft.years), MAX_YEARS[LevelPath(draft.level_path)]),
            required_credits=draft.credits or CREDITS[LevelPath(draft.level_path)],
            recorded_in_id=entry.id,
            source_row=draft.source_row,
        )
        for draft in missing.values()
    )
    return found | {key: row.pk for key, row in zip(missing, made, strict=True)}
