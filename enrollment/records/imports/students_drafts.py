"""Rows of `new_students` as the services take them: persons, and entries new or written anew."""

from collections.abc import Sequence
from typing import Any

from common.identifiers import nationality_of
from enrollment.records.imports.students_known import OWN_ENTRY
from enrollment.records.services.entering import EntryDraft
from exchange.importing import Row
from people.services import PersonDraft, revise_persons, write_phones


def person_draft(row: Row) -> PersonDraft:
    identity = row["id_no"]
    return PersonDraft(
        name=row["name"],
        id_type=identity.type,
        id_no=identity.number,
        sex=row["sex"],
        birth_date=row["birth_date"],
        nationality=row["nationality"] or nationality_of(identity.type),
        ethnicity=row["ethnicity"] or "",
        political_status=row["political_status"] or "",
        phone=row["phone"] or "",
        source_row=row.number,
    )


def first_entry(row: Row, person_id: int, center_id: int) -> EntryDraft:
    return EntryDraft(
        student_no=row["student_no"],
        person_id=person_id,
        entry_date=row["entry_date"],
        center_id=center_id,
        programme_version_id=row.work.version_id,
        length=row["length"],
        candidate_no=row["candidate_no"],
        branch_name=row["branch_name"] or "",
        class_name=row["class_name"] or "",
        expected_graduation=row["expected_graduation"],
        prior_certificate_no=row["prior_certificate_no"] or "",
        place_id=row.work.place_id,
        source_row=row.number,
    )


def revised_entry(row: Row, center_id: int, *, moved: bool) -> EntryDraft:
    """The stored entry with what the row says; an empty cell says nothing."""
    stored = row.work.entry
    own = {name: row[name] if row[name] is not None else getattr(stored, name) for name in OWN_ENTRY}
    return EntryDraft(
        student_no=row["student_no"],
        person_id=row.work.student.person_id,
        entry_date=row["entry_date"],
        center_id=center_id if moved else stored.center_id,
        programme_version_id=row.work.version_id if moved else stored.programme_version_id,
        kind=stored.kind,
        origin=stored.origin,
        source_row=row.number,
        **own,
    )


def revise_facts(rows: Sequence[Row], entry: Any, institution: Any) -> None:
    revisions = {
        row.work.person_id: {name: row[name] for name in row.work.person_changes if name != "phone"} for row in rows
    }
    numbers = {row.work.person_id: row.number for row in rows}
    facts = {person: changes for person, changes in revisions.items() if changes}
    if facts:
        revise_persons(institution.pk, facts, entry=entry, rows=numbers)
    phones = {row.work.person_id: person_draft(row) for row in rows if "phone" in row.work.person_changes}
    if phones:
        write_phones(institution.pk, phones, entry=entry)
