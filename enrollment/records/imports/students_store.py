"""Storing rows of `new_students`: a person, a student number, an entry (docs/files.md §§6.2, 6.3)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from common.batches import batch_of
from common.dates import today
from common.identifiers import IdentityNumber
from enrollment.admission.imports.plan_store import ENTRY, PlaceKey, places
from enrollment.records.imports.admission import Admission
from enrollment.records.imports.later import resting_on
from enrollment.records.imports.students_drafts import first_entry, person_draft, revise_facts, revised_entry
from enrollment.records.imports.students_known import FACTS, OWN_ENTRY, Known, StoredEntry, StoredStudent, person_of
from enrollment.records.imports.students_review import review_students, undoing_students_is_guarded
from enrollment.records.life import Entry, Refusal, live
from enrollment.records.models.changes import StudentChange
from enrollment.records.models.students import Student, StudentEntry, StudentPeriod
from enrollment.records.services.entering import (
    enter_students,
    entry_batches,
    give_back_places,
    take_places,
    write_entries,
)
from enrollment.records.services.lives import changes_of, followers, project, replay
from enrollment.records.services.student_places import drop_student_places
from exchange.importing import AmbiguousKey, Footprint, Row, Store, differing
from exchange.importing.rows import CREATED, UNCHANGED, UPDATED
from learning_centers.catalogue import Course
from learning_centers.models import Institution
from people.models import PersonFacts
from people.services import project_persons, register_persons

PLACE_COLUMNS = ("entry_date", "center_code", "major_code", "level_path", "study_form")
COLUMNS = (
    "candidate_no", "name", "sex", "birth_date", "political_status", "ethnicity", "nationality", "major_code", "level_path",
    "length", "study_form", "entry_date", "branch_name", "center_code", "class_name", "expected_graduation", "prior_certificate_no",
    "phone",
)  # fmt: skip


REPEATED_PERSON = {("id_no", "duplicate_in_file"), ("id_no", "same_person_two_centers")}


@dataclass(slots=True)
class Work:
    """`student` and `entry` are those stored, `person_id` a stored person; `place` is taken by the row's entry, which
    belongs to `place_key`."""

    digest: bytes
    version_id: int
    place_key: PlaceKey | None = None
    student: StoredStudent | None = None
    entry: StoredEntry | None = None
    person_id: int | None = None
    person_changes: tuple[str, ...] = ()
    place_id: int | None = None
    left_place_id: int | None = None


class StudentsStore(Store):
    reports = frozenset({"center_code", "major_code", "major_name", "study_form", "student_no", "id_no", "entry_date"})

    def __init__(self, desk: Any) -> None:
        super().__init__(desk)
        self.admission = Admission.load(desk)
        self.accepted: Counter[int] = Counter()
        self.known = Known()
        """What is stored about the rows of the last plan."""

    def plan(self, rows: Sequence[Row]) -> None:
        for row in rows:
            day = row["entry_date"] if row.sound("entry_date") else None
            self.admission.judge(row, day, batch_of(day) if day else None)
        known = self.known = Known.load(self.desk, rows)
        if known.numbers or known.persons:
            for row in rows:
                self._judge_person(row, known)
        good = [row for row in rows if not row.rejected]
        known.load_stored(good)
        for row in good:
            self._prepare(row, known)
        self._judge_places([row for row in good if not row.rejected])

    def _judge_person(self, row: Row, known: Known) -> None:
        """The number belongs to this person, and the person is not enrolled under another one."""
        identity = row["id_no"]
        if not isinstance(identity, IdentityNumber) or not row.sound("student_no"):
            return
        student = self._student(row, known)
        institution = row.institution_id or (student.institution_id if student else None)
        if institution is None:
            return
        digest = known.digests.get(row.number)
        person = known.persons.get((institution, digest)) if digest else person_of(institution, identity)
        if student and student.institution_id != institution:
            self._judge_foreigner(row, student, identity)
        elif student and student.person_id != person and ("student_no", "student_no_reused") not in row.codes:
            row.say("student_no", "student_no_reused")
        if person and known.enrolled[person] - {row["student_no"]} and not row.codes & REPEATED_PERSON:
            row.say("id_no", "person_already_enrolled")

    def _student(self, row: Row, known: Known) -> StoredStudent | None:
        """Who has the number: at the institution of the row's centre, or else at another one within reach."""
        if row.institution_id and (found := known.students.get((row.institution_id, row["student_no"]))):
            return found
        others = known.numbers.get(row["student_no"], [])
        if len(others) > 1:
            raise AmbiguousKey("student_no")
        return others[0] if others else None

    def _judge_foreigner(self, row: Row, student: StoredStudent, identity: IdentityNumber) -> None:
        """The number is one of another institution: another person's, or the same student sent to a foreign centre."""
        if person_of(student.institution_id, identity) == student.person_id:
            row.say("center_code", "change_not_possible")
        elif ("student_no", "student_no_reused") not in row.codes:
            row.say("student_no", "student_no_reused")

    def _prepare(self, row: Row, known: Known) -> None:
        institution, digest = row.institution_id or 0, known.digests[row.number]
        key = self._place_key(row)
        version = self.admission.version(row, key[0], row["length"]) or 0
        work = row.work = Work(digest, version, key, person_id=known.persons.get((institution, digest)))
        if work.person_id:
            work.person_changes = tuple(differing(row, known.facts[work.person_id], (*FACTS, "phone")))
        work.student = known.students.get((institution, row["student_no"]))
        if work.student is None:
            row.outcome = CREATED
            if (institution, digest, key[0]) in known.admitted:
                row.say("id_no", "application_holds_place")
            return
        work.entry = known.entries[work.student.id]
        changed = {*work.person_changes, *self._entry_changes(row, work.entry)}
        row.changes = [name for name in COLUMNS if name in changed]
        if row.changes:
            row.outcome = UPDATED
        if changed & set(PLACE_COLUMNS) and not self._holds(row, work):
            row.say("entry_date" if "entry_date" in changed else "major_code", "change_not_possible")

    def _holds(self, row: Row, work: Work) -> bool:
        """Whether the stored changes still make a life after what the row says of the entry."""
        assert work.student is not None
        assert work.entry is not None
        student = work.student.id
        begun = {student: Entry(row["entry_date"], self._center(row), work.version_id, str(work.entry.kind))}
        changes = changes_of([student])
        try:
            live(begun[student], changes[student], followers(begun, changes).get(student))
        except Refusal:
            return False
        return True

    def _entry_changes(self, row: Row, entry: StoredEntry) -> list[str]:
        return differing(row, self._stored(row, entry), (*OWN_ENTRY, *PLACE_COLUMNS))

    def _stored(self, row: Row, entry: StoredEntry) -> dict[str, Any]:
        course = self._course(row, entry.programme_version_id)
        return entry._asdict() | course._asdict() | {"center_code": self.admission.codes.get(entry.center_id)}

    def _course(self, row: Row, version_id: int) -> Course:
        return self.admission.catalogues[row.institution_id or 0].courses[version_id]

    def _judge_places(self, rows: Sequence[Row]) -> None:
        """A place in the plan for everyone who enters or enters elsewhere than stored, in file order."""
        seekers = [row for row in rows if row.work.place_key != self._left_key(row)]
        keys = {row.work.place_key for row in seekers} | {key for row in seekers if (key := self._left_key(row))}
        known = places({key[0] for key in keys}, {key[1] for key in keys})
        for row in seekers:
            place = known.get(row.work.place_key)
            if place is None:
                row.say("major_code", "no_admission_plan")
                continue
            if place.taken + self.accepted[place.pk] >= place.quota:
                row.say("major_code", "quota_exceeded")
                continue
            self.accepted[place.pk] += 1
            row.work.place_id = place.pk
            if (left_key := self._left_key(row)) and (left := known.get(left_key)):
                row.work.left_place_id = left.pk
                self.accepted[left.pk] -= 1

    def _left_key(self, row: Row) -> PlaceKey | None:
        """Where the stored entry stands."""
        entry = row.work.entry
        return entry and (entry.batch, entry.center_id, *self._course(row, entry.programme_version_id))

    def _center(self, row: Row) -> int:
        return self.admission.centers[row["center_code"]].center_id

    def _place_key(self, row: Row) -> PlaceKey:
        batch = batch_of(row["entry_date"])
        return batch, self._center(row), row["major_code"], row["level_path"], row["study_form"]

    def review(self, rows: Sequence[Row]) -> None:
        """Also of a new student whose person is known otherwise."""
        for row in rows:
            work = row.work
            known: dict[str, Any] = {}
            if work.person_id:
                known |= self.known.facts[work.person_id]
            if work.entry:
                known |= self._stored(row, work.entry)
            row.before = {name: known[name] for name in COLUMNS if name in {*row.changes, *work.person_changes}}
        review_students(rows, self.known)

    def keep(self, row: Row) -> list[Any] | None:
        """Of a student whose number and person are new, and of a row that changes nothing."""
        if row.outcome == UNCHANGED:
            return []
        work = row.work
        if row.outcome == UPDATED or work.person_id:
            return None
        return [row.institution_id, work.digest.hex(), work.version_id, work.place_id]

    def resume(self, rows: Sequence[Row], plans: Sequence[list[Any]]) -> bool:
        """Rights stand in no ledger: the centers must still be within the actor's reach."""
        planned = [(row, *plan) for row, plan in zip(rows, plans, strict=True) if plan]
        if not all(self._reaches(*center) for center in {(row["center_code"], one) for row, one, *_rest in planned}):
            return False
        for row, institution, digest, version, place in planned:
            row.institution_id, row.outcome = institution, CREATED
            row.work = Work(bytes.fromhex(digest), version, place_id=place)
        return True

    def _reaches(self, code: str, institution: int) -> bool:
        target = self.admission.centers.get(code)
        return target is not None and target.institution_id == institution and code not in self.admission.ambiguous

    def write(self, rows: Sequence[Row], entry: Any, institution: Any) -> None:
        """Places that are left are given back first: `plan` may have promised them to others."""
        give_back_places(Counter(row.work.left_place_id for row in rows if row.work.left_place_id))
        new = [row for row in rows if row.outcome == CREATED]
        stored = {row.work.digest: row.work.person_id for row in new if row.work.person_id}
        known = ([row.work.digest for row in new], stored)
        keys = register_persons(institution, [person_draft(row) for row in new], entry=entry, known=known)
        persons = {row.number: key for row, key in zip(new, keys, strict=True)}
        drafts = [first_entry(row, persons[row.number], self._center(row)) for row in new]
        enter_students(institution, drafts, entry=entry)
        self._revise_entries([row for row in rows if row.outcome == UPDATED], entry, institution)
        revise_facts([row for row in rows if row.work.person_changes], entry, institution)

    def _revise_entries(self, rows: Sequence[Row], entry: Any, institution: Any) -> None:
        """Write other entry values anew; where the entry itself moved, the life is replayed."""
        rows = [row for row in rows if set(row.changes) & {*OWN_ENTRY, *PLACE_COLUMNS}]
        if not rows:
            return
        batches = entry_batches(institution, (batch_of(row["entry_date"]) for row in rows))
        StudentEntry.objects.filter(pk__in=[row.work.entry.id for row in rows]).supersede(entry.id)
        drafts = ((row.work.student.id, revised_entry(row, self._center(row), moved=_moves(row))) for row in rows)
        write_entries(entry, list(drafts), batches)
        moved = [row for row in rows if _moves(row)]
        if not moved:
            return
        for row in moved:
            Student.objects.filter(pk=row.work.student.id).update(entry_batch_id=batches[batch_of(row["entry_date"])])
        take_places(Counter(row.work.place_id for row in moved if row.work.place_id))
        replay(
            [row.work.student.id for row in moved], entry=entry, rows={row.work.student.id: row.number for row in moved}
        )

    @classmethod
    def blocking(cls, footprint: Footprint) -> Iterable[tuple[str, int, str]]:
        return resting_on(footprint)

    @classmethod
    def undo_is_guarded(cls, footprint: Footprint, *, institution_id: int, is_own_slip: bool) -> bool:
        return undoing_students_is_guarded(footprint, institution_id, is_own_slip=is_own_slip)

    @classmethod
    def undone(cls, made: Sequence[int], entry: Any, institution: Any) -> None:
        """Places go back, persons and students who stay show again what they were."""
        left = Counter(StudentEntry.objects.filter(superseded_in=entry.id).values_list(*ENTRY))
        restored = Counter(StudentEntry.objects.filter(recorded_in=entry.id).values_list(*ENTRY))
        known = places({key[0] for key in left | restored}, {key[1] for key in left | restored})
        net = {known[key].pk: restored[key] - left[key] for key in left | restored if key in known}
        take_places({place: count for place, count in net.items() if count > 0})
        give_back_places({place: -count for place, count in net.items() if count < 0})
        facts = PersonFacts.objects.filter(recorded_in=entry.id).values("person_id", *FACTS)
        project_persons((values.pop("person_id"), values) for values in facts)
        project_students(entry)


def _moves(row: Row) -> bool:
    """Whether the row moves the entry itself, not only what is written beside it."""
    return bool(set(row.changes) & set(PLACE_COLUMNS))


def project_students(entry: Any) -> None:
    """Bring the list columns of students in line after periods or changes were taken back in this recording, and where
    persons are seen."""
    drop_student_places(entry.id)
    taken_back = Q(recorded_in=entry.id) | Q(superseded_in=entry.id)
    periods = StudentPeriod.objects.filter(taken_back).values("student")
    changes = StudentChange.objects.filter(taken_back).values("student")
    known = Student.objects.current().filter(Q(pk__in=periods) | Q(pk__in=changes))
    project(known.values_list("pk", flat=True), today(Institution.objects.get(pk=entry.institution_id)))
    for student, batch in StudentEntry.objects.filter(recorded_in=entry.id).values_list("student_id", "batch_id"):
        Student.objects.filter(pk=student).update(entry_batch_id=batch)
