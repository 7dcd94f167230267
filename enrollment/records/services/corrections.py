"""Correcting (勘误) what is known about a person or an entry: the earlier reading stays known up to the correction, both
values stay with the request, lives are replayed (docs/rules.md §2.4)."""

import datetime as dt
from copy import copy
from typing import Any

from django.db import transaction

from common.access import require
from common.batches import batch_of, first_day
from common.dates import today
from common.errors import DomainError
from common.identifiers.citizen import IdentityNumber
from common.ledger import OpenRecording, recording
from enrollment.admission.models.places import AdmissionPlace
from enrollment.records.life import Entry, Life
from enrollment.records.models.students import Student, StudentEntry
from enrollment.records.services.change_refusals import coherent_life, refuse
from enrollment.records.services.entering import entry_batches, give_back_places, take_places
from enrollment.records.services.facts import (
    DOCUMENT,
    FACTS,
    PERSON,
    as_text,
    document_of,
    entry_of,
    present_value,
    value_of,
)
from enrollment.records.services.grounds import Grounds
from enrollment.records.services.lives import changes_of, lives_of, replay
from enrollment.records.services.moves import require_sound_moves
from learning_centers.catalogue import catalogues
from learning_centers.intake import center_intakes
from learning_centers.models import LearningCenter, ProgrammeVersion
from learning_centers.rules import Rulebook
from learning_centers.study_forms import STUDY_FORM_RULES, admits
from people.models import PersonFacts
from people.services import identity_digest, persons_by_digest, replace_document, revise_persons

IN_THE_NUMBER = ("birth_date", "sex")
COURSE = {"major": "major_code", "level_path": "level_path", "study_form": "study_form"}


def preview_correction(student: Student, fact: str, new_value: str) -> tuple[Life, Life]:
    """The life with the present reading and with the new one; raises DomainError with the code of what is wrong with it."""
    value = value_of(student, fact, new_value)
    if as_text(value) == present_value(student, fact):
        raise refuse("nothing_changes")
    before = lives_of([student.pk])[student.pk]
    if FACTS[fact].about == PERSON:
        _refuse_contradiction(student, fact, value)
    elif FACTS[fact].about == DOCUMENT:
        _refuse_taken(student, value)
    else:
        after = life_with(student, corrected_entry(entry_of(student), fact, value))
        if fact in COURSE:
            require_sound_moves(after, Grounds.of(student), since=after.periods[0].begin)
        return before, after
    return before, before


def write_correction(student: Student, fact: str, new_value: str, *, entry: OpenRecording) -> None:
    """The inner act of an approved correction; the caller has asked for the right and locked the student."""
    preview_correction(student, fact, new_value)
    value = value_of(student, fact, new_value)
    if FACTS[fact].about == PERSON:
        revise_persons(student.institution_id, {student.person_id: {fact: value}}, entry=entry, rows={})
    elif FACTS[fact].about == DOCUMENT:
        _write_number(student, value, entry)
    else:
        known = entry_of(student)
        write_entry(student, known, corrected_entry(known, fact, value), entry)


def _refuse_contradiction(student: Student, fact: str, value: Any) -> None:
    """Birth date and sex stand in a citizen's number."""
    if fact not in IN_THE_NUMBER:
        return
    document = document_of(student)
    number = value_of(student, "id_no", f"{document.type} {document.number}")
    said = {"birth_date": number.birth, "sex": number.sex}[fact]
    if said is not None and said != value:
        raise refuse("contradicts_number")


def _refuse_taken(student: Student, number: IdentityNumber) -> None:
    key = identity_digest(student.institution_id, *number.person)
    if persons_by_digest(student.institution_id, [key]).get(key, student.person_id) != student.person_id:
        raise refuse("number_taken")


def _write_number(student: Student, number: IdentityNumber, entry: OpenRecording) -> None:
    """The new document supersedes the old one; birth date and sex follow where the number says them."""
    replace_document(document_of(student), *number.person, entry=entry)
    facts = PersonFacts.objects.current().get(person=student.person_id)
    said = {"birth_date": number.birth, "sex": number.sex}
    if follows := {name: value for name, value in said.items() if value and getattr(facts, name) != value}:
        revise_persons(student.institution_id, {student.person_id: follows}, entry=entry, rows={})


def corrected_entry(known: StudentEntry, fact: str, value: Any) -> StudentEntry:
    """An unsaved copy with the fact set; raises DomainError `offering_not_found`, `major_not_open_at_center`,
    `study_form_not_valid_for_batch`, `day_not_come` for an entry that would still be to come."""
    entry = copy(known)
    if fact == "entry_date" and value > max(today(entry.institution), known.entry_date):
        raise refuse("day_not_come")
    if fact not in COURSE:
        setattr(entry, fact, value)
    if fact in COURSE or fact == "length":
        entry.programme_version = _version(entry, fact, value)
    batch = batch_of(entry.entry_date)
    form = entry.programme_version.study_form
    moved = (batch, form) != (known.batch.code, known.programme_version.study_form)
    if moved and not admits(form, batch, Rulebook.of(entry.institution_id, *STUDY_FORM_RULES)):
        raise refuse("study_form_not_valid_for_batch")
    return entry


def _version(entry: StudentEntry, fact: str, value: Any) -> ProgrammeVersion:
    """The version that teaches the corrected course, of the corrected length where there is one."""
    catalogue = catalogues([entry.institution_id])[entry.institution_id]
    course = catalogue.courses[entry.programme_version_id]
    batch = first_day(batch_of(entry.entry_date))
    found: int | None
    if fact == "length":
        found = catalogue.open_version(course, batch, value) or entry.programme_version_id
    else:
        course = course._replace(**{COURSE[fact]: value})
        found = catalogue.open_version(course, batch, entry.length) or catalogue.any_version(course, batch)
    if found is None:
        raise refuse("offering_not_found")
    if fact == "major":
        intake = center_intakes(LearningCenter.objects.filter(pk=entry.center_id))[entry.center_id]
        if not intake.is_open_for(value, entry.entry_date):
            raise refuse("major_not_open_at_center")
    return ProgrammeVersion.objects.select_related("programme").get(pk=found)


def life_with(student: Student, entry: StudentEntry) -> Life:
    """Raises DomainError `change_not_possible` if stored changes do not hold after that entry."""
    begun = Entry(entry.entry_date, entry.center_id, entry.programme_version_id, str(entry.kind))
    try:
        return coherent_life(student, begun, changes_of([student.pk])[student.pk])
    except DomainError as refusal:
        raise refuse("change_not_possible") from refusal


def write_entry(student: Student, known: StudentEntry, corrected: StudentEntry, entry: OpenRecording) -> None:
    batch = batch_of(corrected.entry_date)
    batch_id = entry_batches(student.institution, [batch])[batch]
    if (batch_id, corrected.programme_version_id) != (known.batch_id, known.programme_version_id):
        _move_place(known, corrected.programme_version, batch_id)
    StudentEntry.objects.filter(pk=known.pk).supersede(entry.id)
    corrected.pk, corrected.batch_id = None, batch_id
    corrected.recorded_in_id, corrected.superseded_in_id, corrected.source_row = entry.id, None, None
    corrected.save(force_insert=True)
    Student.objects.filter(pk=student.pk).update(entry_batch_id=batch_id)
    replay([student.pk], entry=entry)


def _move_place(known: StudentEntry, version: ProgrammeVersion, batch_id: int) -> None:
    """Give the place of the entry back and take one of the other batch or programme; where neither is planned none is needed."""
    left = _place(known.center_id, known.programme_version, known.batch_id)
    taken = _place(known.center_id, version, batch_id)
    if left == taken:
        return
    if taken is None:
        raise refuse("no_admission_plan")
    take_places({taken.pk: 1})
    if left:
        give_back_places({left.pk: 1})


def _place(center_id: int, version: ProgrammeVersion, batch_id: int) -> AdmissionPlace | None:
    places = AdmissionPlace.objects.current().filter(
        batch=batch_id,
        center_offering__center=center_id,
        center_offering__programme_version__programme=version.programme_id,
        center_offering__programme_version__study_form=version.study_form,
    )
    return places.first()


@transaction.atomic
def correct_entry_date(student: Student, entry_date: dt.date, *, reason: str, by: Any) -> Life:
    """Correct (勘误) the day of entry; batch and admission place follow. Right: `enrollment.correct_entry`.

    Raises DomainError: `change_not_possible` if stored changes do not hold after it, `study_form_not_valid_for_batch`,
    `no_admission_plan` or `quota_exceeded` if the other batch has no place where places are kept.
    """
    require(by, "enrollment.correct_entry", student)
    if not reason:
        raise refuse("required")
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    known = entry_of(student)
    corrected = corrected_entry(known, "entry_date", entry_date)
    life = life_with(student, corrected)
    with recording(student.institution, by=by, reason="enrollment.correct_entry") as entry:
        write_entry(student, known, corrected, entry)
        entry.note("enrollment.correct_entry", student, reason=reason)
    return life
