"""Storing rows of `status_changes`, student by student in the order of their days (docs/files.md §6.4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from enrollment.records.imports.admission import Admission
from enrollment.records.imports.changes_review import review_changes, undoing_changes_is_guarded
from enrollment.records.imports.later import resting_on
from enrollment.records.imports.students_store import project_students
from enrollment.records.life import ALLOWED, ENDS, Change, Entry, Follow, Refusal, live
from enrollment.records.models.changes import ChangeKind, StudentChange
from enrollment.records.models.students import Student, StudentEntry, StudentState
from enrollment.records.services.entering import ChangeDraft, write_changes
from enrollment.records.services.lives import follower, replay
from exchange.cells import WRONG
from exchange.importing import AmbiguousKey, Footprint, Row, Store, differing
from exchange.importing.rows import CREATED, UPDATED
from learning_centers.catalogue import Course
from learning_centers.models import LearningCenter
from learning_centers.study_forms import AS_SHIPPED, admits

KEY = ("student_no", "change_type", "effective_date")
TARGETS = frozenset({"change_major", "change_center", "change_form"})
COMPARED = ("decision_no", "decision_date", "old_value", "new_value", "reason")
BY_FILE = ALLOWED | {StudentState.SUSPENDED: ALLOWED[StudentState.SUSPENDED] - {ChangeKind.CHANGE_CENTER}}
"""What a file may say (docs/files.md §6.4): whoever is suspended is moved by decision here only."""

LEFT = frozenset(StudentState) - {StudentState.ACTIVE, StudentState.SUSPENDED}


@dataclass
class Dossier:
    """A student with everything that rules ask of a life: entry, changes in the order of their days."""

    id: int
    institution_id: int
    name: str
    entry: StudentEntry
    follow: Follow
    changes: list[Change] = field(default_factory=list)
    documents: dict[tuple[str, date], StudentChange] = field(default_factory=dict)
    taken_back: dict[tuple[str, date], StudentChange] = field(default_factory=dict)
    """By a later document, which a file does not undo."""

    def before(self, day: date) -> list[Change]:
        return [change for change in self.changes if change.effective_date < day]

    def state_before(self, day: date) -> StudentState:
        state = StudentState.ACTIVE
        for change in self.before(day):
            kind = ChangeKind(change.kind)
            stays = kind is ChangeKind.CHANGE_CENTER and state is StudentState.SUSPENDED
            suspended = stays or kind is ChangeKind.SUSPEND
            state = ENDS.get(kind) or (StudentState.SUSPENDED if suspended else StudentState.ACTIVE)
        return state

    def present(self, day: date) -> tuple[int, int]:
        """Centre and programme version just before that day's change."""
        center, version = self.entry.center_id, self.entry.programme_version_id
        for change in self.before(day):
            center = change.center_id or center
            if change.programme_version_id:
                version = self.follow(version, change) or version
        return center, version

    def accept(self, change: Change) -> None:
        self.changes = sorted([*self.changes, change], key=lambda one: one.effective_date)

    def lives_with(self, changes: Sequence[Change]) -> bool:
        try:
            live(begun(self.entry), changes, self.follow)
        except Refusal:
            return False
        return True


def begun(entry: StudentEntry) -> Entry:
    return Entry(entry.entry_date, entry.center_id, entry.programme_version_id, str(entry.kind))


class ChangesStore(Store):
    reports = frozenset({"student_no", "name", "change_type", "effective_date", "old_value", "new_value"})

    def __init__(self, desk: Any) -> None:
        super().__init__(desk)
        self.admission = Admission.load(desk)
        self.names: dict[int, str] = {}
        """Of the students that the last plan was about."""

    @staticmethod
    def order(row: Row) -> tuple[Any, ...]:
        """Rows whose student or day is not known come by themselves, in file order."""
        if not row.sound("student_no"):
            return "", date.min, row.number
        return row["student_no"], row["effective_date"] if row.sound("effective_date") else date.min, row.number

    def plan(self, rows: Sequence[Row]) -> None:
        dossiers = self._load({row["student_no"] for row in rows if row.sound("student_no")})
        self.names = {known.id: known.name for known in dossiers.values()}
        for row in rows:
            if not row.sound("student_no"):
                continue
            known = dossiers.get(row["student_no"])
            if known is None:
                row.say("student_no", "student_unknown")
                continue
            row.institution_id = known.institution_id
            if row.sound("name") and row["name"] != known.name:
                row.say("name", "name_mismatch")
            if row.sound(*KEY) and ("effective_date", "duplicate_in_file") not in row.codes:
                self._judge(row, known)

    def _load(self, numbers: set[str]) -> dict[str, Dossier]:
        students = self.desk.reachable(Student.objects.current()).filter(student_no__in=numbers)
        entries = {
            entry.student_id: entry
            for entry in StudentEntry.objects.current()
            .filter(student__in=students.values("pk"))
            .select_related("batch")
        }
        dossiers: dict[str, Dossier] = {}
        by_key: dict[int, Dossier] = {}
        for number, key, institution, name in students.values_list(
            "student_no", "pk", "institution_id", "person__name"
        ):
            if number in dossiers:
                raise AmbiguousKey("student_no")
            follow = follower(self.admission.catalogues[institution], begun(entries[key]))
            dossiers[number] = by_key[key] = Dossier(key, institution, name, entries[key], follow)
        documents = StudentChange.objects.current().filter(student__in=by_key, reverses__isnull=True)
        for one in documents.order_by("effective_date", "pk"):
            dossier = by_key[one.student_id]
            if not one.in_force:
                dossier.taken_back[str(one.kind), one.effective_date] = one
                continue
            dossier.documents[str(one.kind), one.effective_date] = one
            dossier.changes.append(
                Change(one.kind, one.effective_date, one.new_center_id, one.new_programme_version_id)
            )
        return dossiers

    def _judge(self, row: Row, known: Dossier) -> None:
        kind, day = row["change_type"], row["effective_date"]
        if stored := known.documents.get((kind, day)):
            self._compare(row, known, stored)
            return
        if taken_back := known.taken_back.get((kind, day)):
            self._leave(row, taken_back)
            return
        if code := self._refusal(row, known):
            row.say(*code)
        else:
            self._judge_values(row, known)
        if row.rejected:
            return
        if any(change.effective_date > day for change in known.changes):
            row.say("effective_date", "change_overlaps")
            return
        change = self._change(row, known)
        known.accept(change)
        row.outcome, row.work = CREATED, (known.id, change, None)

    def _refusal(self, row: Row, known: Dossier) -> tuple[str, str] | None:
        kind, day = ChangeKind(row["change_type"]), row["effective_date"]
        if day < known.entry.entry_date:
            return "effective_date", "change_before_entry"
        state = known.state_before(day)
        converts = state is StudentState.COMPLETED and kind is ChangeKind.GRADUATE
        if state in LEFT and not converts:
            return "effective_date", "change_after_terminal"
        if any(change.effective_date == day for change in known.changes):
            return "effective_date", "change_overlaps"
        if kind not in BY_FILE.get(state, ()):
            return "change_type", "change_not_possible"
        return None

    def _judge_values(self, row: Row, known: Dossier) -> None:
        kind = row["change_type"]
        if kind not in TARGETS:
            return
        center_id, version = known.present(row["effective_date"])
        course = self._course(known, version)
        present = {
            "change_major": course.major_code,
            "change_form": course.study_form,
            "change_center": self._code(center_id),
        }[kind]
        if row.sound("old_value") and row["old_value"] != present:
            row.say("old_value", "old_value_mismatch")
        if not row.sound("new_value"):
            return
        if row["new_value"] == present:
            _refuse_quietly(row)
        elif kind == "change_center":
            self._judge_center(row, known, course)
        else:
            self._judge_course(row, known, center_id, course)

    def _judge_center(self, row: Row, known: Dossier, course: Course) -> None:
        target = self.admission.center(row["new_value"])
        if target is None:
            row.say("new_value", "center_unknown")
            return
        if target.institution_id != known.institution_id:
            _refuse_quietly(row)
            return
        if code := target.intake.refusal(row["effective_date"]):
            row.say("new_value", code)
        if not target.intake.is_open_for(course.major_code, row["effective_date"]):
            row.say("new_value", "major_not_open_at_center")

    def _judge_course(self, row: Row, known: Dossier, center_id: int, course: Course) -> None:
        catalogue = self.admission.catalogues[known.institution_id]
        if row["change_type"] == "change_major":
            if row["new_value"] not in catalogue.offered_codes:
                row.say("new_value", "major_unknown")
                return
            center = next(target for target in self.admission.centers.values() if target.center_id == center_id)
            if not center.intake.is_open_for(row["new_value"], row["effective_date"]):
                row.say("new_value", "major_not_open_at_center")
                return
        if self._new_version(row, known, course) is None:
            _refuse_quietly(row)

    def _new_version(self, row: Row, known: Dossier, course: Course) -> int | None:
        column = "major_code" if row["change_type"] == "change_major" else "study_form"
        if column == "study_form" and not self._admits(row["new_value"], known):
            return None
        catalogue = self.admission.catalogues[known.institution_id]
        return catalogue.any_version(course._replace(**{column: row["new_value"]}), known.entry.entry_date)

    def _admits(self, form: str, known: Dossier) -> bool:
        return admits(form, known.entry.batch.code, self.admission.books.get(known.institution_id, AS_SHIPPED))

    def _change(self, row: Row, known: Dossier) -> Change:
        kind, value = row["change_type"], row["new_value"]
        change = Change(kind, row["effective_date"])
        if kind == "change_center":
            target = self.admission.center(value)
            return replace(change, center_id=target.center_id if target else None)
        if kind in TARGETS:
            _center, version = known.present(row["effective_date"])
            return replace(change, programme_version_id=self._new_version(row, known, self._course(known, version)))
        return change

    def _leave(self, row: Row, decided: StudentChange) -> None:
        """A row that says what is known of a document changes nothing; one that says otherwise does not undo what people
        have decided here (docs/rules.md §2.4: reversible by another document only)."""
        if _differences(row, decided):
            _refuse_quietly(row)

    def _compare(self, row: Row, known: Dossier, stored: StudentChange) -> None:
        if stored.approved_by_id:
            self._leave(row, stored)
            return
        row.changes = _differences(row, stored)
        if row.rejected or not row.changes:
            return
        change = Change(stored.kind, stored.effective_date, stored.new_center_id, stored.new_programme_version_id)
        if "new_value" in row.changes and row["change_type"] in TARGETS:
            self._judge_values(row, known)
            if row.rejected:
                return
            change = self._change(row, known)
            others = [one for one in known.changes if one.effective_date != stored.effective_date]
            if not known.lives_with([*others, change]):
                row.say("change_type", "change_not_possible")
                return
        row.outcome, row.work = UPDATED, (known.id, change, stored)

    def _course(self, known: Dossier, version: int) -> Course:
        return self.admission.catalogues[known.institution_id].courses[version]

    def _code(self, center_id: int) -> str:
        if center_id not in self.admission.codes:
            center = LearningCenter.objects.get(pk=center_id)
            self.admission.codes[center_id] = center.code
        return self.admission.codes[center_id]

    def review(self, rows: Sequence[Row]) -> None:
        review_changes(rows, self.names, _draft)

    def write(self, rows: Sequence[Row], entry: Any, institution: Any) -> None:
        revised = [row.work[2].pk for row in rows if row.outcome == UPDATED]
        StudentChange.objects.filter(pk__in=revised).supersede(entry.id)
        write_changes(entry, [(row.work[0], _draft(row)) for row in rows])
        replay({row.work[0] for row in rows}, entry=entry, rows={row.work[0]: row.number for row in rows})

    @classmethod
    def blocking(cls, footprint: Footprint) -> Iterable[tuple[str, int, str]]:
        return resting_on(footprint)

    @classmethod
    def undo_is_guarded(cls, footprint: Footprint, *, institution_id: int, is_own_slip: bool) -> bool:
        return undoing_changes_is_guarded(footprint, institution_id)

    @classmethod
    def undone(cls, made: Sequence[int], entry: Any, institution: Any) -> None:
        project_students(entry)


def _differences(row: Row, stored: StudentChange) -> list[str]:
    known = {name: getattr(stored, name) for name in COMPARED}
    return [name for name in differing(row, known, COMPARED) if row[name] is not WRONG]


def _refuse_quietly(row: Row) -> None:
    """Where the contract is silent: to the present value, to another institution's centre, without an offering. Said only
    of a row with which nothing else is wrong."""
    if not row.rejected:
        row.say("change_type", "change_not_possible")


def _draft(row: Row) -> ChangeDraft:
    """The document as the row says it; an empty cell keeps what is stored."""
    _student, change, stored = row.work

    def said(name: str) -> Any:
        return row[name] if row[name] is not None else getattr(stored, name) if stored else None

    return ChangeDraft(
        kind=change.kind,
        effective_date=change.effective_date,
        decision_no=said("decision_no") or "",
        decision_date=said("decision_date"),
        old_value=said("old_value") or "",
        new_value=said("new_value") or "",
        new_center_id=change.center_id,
        new_programme_version_id=change.programme_version_id,
        reason=said("reason") or "",
        source_row=row.number,
    )
