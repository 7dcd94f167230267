"""Storing rows of `schools_and_majors`: an unknown school becomes an institution with one teaching school."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from common.access import can
from common.batches import batch_of, first_day
from exchange.importing import Row, Store, differing
from exchange.importing.rows import CREATED, UPDATED
from exchange.models import overwrite
from learning_centers.models import Institution, InstitutionCode, Major, Offering, Programme, School
from learning_centers.models.schools import SchoolRole
from learning_centers.rules import Rulebook
from learning_centers.services import (
    OfferingDraft,
    SchoolDraft,
    constitute,
    found_institution,
    found_school,
    offer_programmes,
)
from learning_centers.services.corrections import correct_identifier, correct_institution_name
from learning_centers.study_forms import AS_SHIPPED, STUDY_FORM_RULES, admits

KEY = ("school_code", "major_code", "level_path", "study_form")


@dataclass
class Stored:
    """What is known of a row's key; `offering` is None while the combination is not offered."""

    offering: Offering | None
    facts: dict[str, Any]


class MajorsStore(Store):
    reports = frozenset({"school_code", "study_form"})

    def __init__(self, desk: Any) -> None:
        super().__init__(desk)
        self.institutions = {one.code: one for one in desk.reachable(Institution.objects.all())}
        self.books: dict[int, Rulebook] = {}
        self.may_found = desk.institution is None and can(desk.by, "learning_centers.found_institution")

    def plan(self, rows: Sequence[Row]) -> None:
        codes = {row["school_code"] for row in rows if row.sound("school_code")}
        taken = set(Institution.objects.filter(code__in=codes).values_list("code", flat=True))
        offered, schools, majors = self._load(codes)
        for row in rows:
            self._judge_form(row)
            if not row.sound("school_code"):
                continue
            institution = self.institutions.get(row["school_code"])
            if institution is None and (not self.may_found or row["school_code"] in taken):
                row.say("school_code", "school_unknown")
            if row.rejected:
                continue
            if institution is None:
                row.outcome = CREATED
                continue
            row.institution_id = institution.pk
            offering = offered.get(tuple(row[name] for name in KEY))
            facts = schools[institution.code] | {"major_name": majors.get((institution.code, row["major_code"]))}
            if offering is None:
                facts["major_name"] = facts["major_name"] or row["major_name"]
                row.outcome, row.work = (
                    CREATED,
                    (None, differing(row, facts, ("school_name", "school_identifier", "major_name"))),
                )
                continue
            facts |= {
                "length": offering.programme_version.normal_years,
                "open_from": batch_of(offering.open_from),
                "open_to": batch_of(offering.open_to) if offering.open_to else None,
            }
            row.changes = differing(row, facts, facts)
            row.work = (offering, row.changes)
            if row.changes:
                row.outcome = UPDATED

    def _judge_form(self, row: Row) -> None:
        if not row.sound("study_form", "open_from"):
            return
        institution = self.institutions.get(row["school_code"]) if row.sound("school_code") else None
        book, path = AS_SHIPPED, row["level_path"] if row.sound("level_path") else ""
        if institution:
            if institution.pk not in self.books:
                self.books[institution.pk] = Rulebook.of(institution, *STUDY_FORM_RULES)
            book = self.books[institution.pk]
        if not admits(row["study_form"], row["open_from"], book, level_path=path):
            row.say("study_form", "study_form_not_valid_for_batch")

    def _load(self, codes: set[str]) -> tuple[dict, dict, dict]:
        institutions = [self.institutions[code] for code in codes if code in self.institutions]
        offerings = Offering.objects.current().filter(institution__in=institutions).order_by("open_from")
        related = offerings.select_related("institution", "programme_version__programme__major")
        offered = {}
        for one in related:
            programme = one.programme_version.programme
            course = (programme.major.code, programme.level_path, one.programme_version.study_form)
            offered[one.institution.code, *course] = one
        identifiers = InstitutionCode.objects.current().filter(
            institution__in=institutions, scheme=InstitutionCode.Scheme.IDENTIFIER, end__isnull=True
        )
        held = dict(identifiers.values_list("institution__code", "value"))
        schools = {one.code: {"school_name": one.name, "school_identifier": held.get(one.code)} for one in institutions}
        majors = Major.objects.current().filter(institution__in=institutions)
        names = {(code, major): name for code, major, name in majors.values_list("institution__code", "code", "name")}
        return offered, schools, names

    def found(self, rows: Sequence[Row], source: Any) -> None:
        for row in rows:
            code = row["school_code"]
            if code not in self.institutions:
                self.institutions[code] = found_institution(
                    code,
                    row["school_name"],
                    identifier=row["school_identifier"] or "",
                    by=self.desk.by,
                    source=source,
                )
            row.institution_id = self.institutions[code].pk

    def write(self, rows: Sequence[Row], entry: Any, institution: Any) -> None:
        constitute(institution, entry=entry)
        for row in rows:
            for column in row.work[1] if row.work else ():
                self._correct(institution, row, column, entry)
        by_school: dict[int, list[OfferingDraft]] = {}
        schools = self._schools(institution)
        for row in rows:
            if draft := self._draft(row, entry):
                school = schools.get(draft.programme_key) or self._teaching_school(institution)
                by_school.setdefault(school.pk, []).append(draft)
        for key, drafts in by_school.items():
            offer_programmes(School.objects.get(pk=key), drafts, entry=entry)

    def _teaching_school(self, institution: Any) -> School:
        """The first school that is open; one of the institution's name is founded where there is none."""
        known = School.objects.current().filter(institution=institution, kind=School.Kind.SCHOOL, closed_on=None)
        if school := known.order_by("pk").first():
            return school
        draft = SchoolDraft(code=institution.code, name=institution.name, role=SchoolRole.Role.PROVIDER)
        return found_school(institution, draft, by=self.desk.by)

    def _schools(self, institution: Any) -> dict[tuple[str, str], School]:
        programmes = Programme.objects.current().filter(institution=institution).select_related("school", "major")
        return {(one.major.code, one.level_path): one.school for one in programmes}

    def _draft(self, row: Row, entry: Any) -> OfferingDraft | None:
        """What is to be offered; the offering that it replaces is superseded."""
        draft = OfferingDraft(
            major_code=row["major_code"],
            major_name=row["major_name"],
            level_path=row["level_path"],
            study_form=row["study_form"],
            years=Decimal(row["length"]),
            open_from=first_day(row["open_from"]),
            open_to=first_day(row["open_to"]) if row["open_to"] else None,
            source_row=row.number,
        )
        offering = row.work[0] if row.work else None
        if offering is None:
            return draft
        if not {"length", "open_from", "open_to"} & set(row.changes):
            return None
        Offering.objects.filter(pk=offering.pk).supersede(entry.id)
        return replace(draft, open_to=draft.open_to or offering.open_to)

    def _correct(self, institution: Any, row: Row, column: str, entry: Any) -> None:
        if column == "school_name":
            correct_institution_name(institution, row["school_name"], entry, row.number)
        elif column == "school_identifier":
            correct_identifier(institution, row["school_identifier"], entry, row.number)
        elif column == "major_name":
            major = Major.objects.current().get(institution=institution, code=row["major_code"])
            overwrite(entry.id, major, "name", row["major_name"])

    @classmethod
    def undone(cls, made: Sequence[int], entry: Any, institution: Any) -> None:
        if name := institution.names.current().filter(end__isnull=True).first():
            Institution.objects.filter(pk=institution.pk).update(name=name.name)
