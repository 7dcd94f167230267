"""Lives in the database: loading what is known, replaying it, and writing the periods that differ."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from common.bulk import copy_rows
from common.dates import today
from common.ledger import OpenRecording
from enrollment.records.life import Change, Entry, Follow, Life, Period, live
from enrollment.records.models.changes import ChangeKind, StudentChange
from enrollment.records.models.students import Student, StudentEntry, StudentPeriod
from enrollment.records.services.student_places import renew_student_places
from learning_centers.catalogue import Catalogue, catalogues
from learning_centers.models import Institution
from learning_centers.services import hold_centers

PERIOD_COLUMNS = (
    "institution_id", "student_id", "position", "begin", "end", "state", "center_id", "programme_version_id", "location",
    "begun_by", "ended_by", "recorded_in_id", "source_row",
)  # fmt: skip


def entries_of(students: Iterable[int]) -> dict[int, Entry]:
    rows = StudentEntry.objects.current().filter(student_id__in=students)
    return {
        student: Entry(begin, center, version, str(kind))
        for student, begin, center, version, kind in rows.values_list(
            "student_id", "entry_date", "center_id", "programme_version_id", "kind"
        )
    }


def changes_of(students: Iterable[int]) -> dict[int, list[Change]]:
    """Known changes by student, in the order of their days; reversed documents and their reversals do not count."""
    found: dict[int, list[Change]] = defaultdict(list)
    rows = StudentChange.objects.in_force().filter(student_id__in=students).order_by("effective_date")
    for student, *change in rows.values_list(
        "student_id", "kind", "effective_date", "new_center_id", "new_programme_version_id"
    ):
        found[student].append(Change(*change))
    return found


def hold_centers_of(students: Iterable[int], *more: int | None) -> None:
    """No centre where these students are, were or will be, and none of `more`, is revoked before this transaction ends."""
    known = StudentPeriod.objects.current().filter(student__in=students)
    hold_centers({*known.values_list("center", flat=True), *more})


def follower(catalogue: Catalogue, entry: Entry) -> Follow:
    """What a change of major or form means for someone who entered so (see `enrollment.records.life.Follow`)."""

    def follow(present: int, change: Change) -> int | None:
        part = "study_form" if change.kind == ChangeKind.CHANGE_FORM else "major_code"
        return catalogue.followed(present, change.programme_version_id or present, part, entry.begin)

    return follow


def followers(entries: dict[int, Entry], changes: dict[int, list[Change]]) -> dict[int, Follow]:
    """A follower for each student whose changes name a programme version; nobody else needs one."""
    needing = [student for student in entries if any(one.programme_version_id for one in changes.get(student, ()))]
    if not needing:
        return {}
    institution_of = dict(Student.objects.filter(pk__in=needing).values_list("pk", "institution_id"))
    known = catalogues(set(institution_of.values()))
    return {student: follower(known[institution_of[student]], entries[student]) for student in needing}


@dataclass(frozen=True)
class Known:
    """What is known of some students, to be lived through whole or up to a day."""

    entries: dict[int, Entry]
    changes: dict[int, list[Change]]
    follows: dict[int, Follow]

    @classmethod
    def of(cls, students: Iterable[int]) -> "Known":
        keys = list(students)
        entries, changes = entries_of(keys), changes_of(keys)
        return cls(entries, changes, followers(entries, changes))

    def lives(self) -> dict[int, Life]:
        return {key: live(entry, self.changes[key], self.follows.get(key)) for key, entry in self.entries.items()}

    def as_on(self, day: dt.date, whole: dict[int, Life]) -> dict[int, Life]:
        """The lives without what is decided for a later day; `whole` are the lives with it."""
        ahead = [key for key in self.entries if any(one.effective_date > day for one in self.changes[key])]
        return whole | {
            key: live(
                self.entries[key],
                [one for one in self.changes[key] if one.effective_date <= day],
                self.follows.get(key),
            )
            for key in ahead
        }


def lives_of(students: Iterable[int]) -> dict[int, Life]:
    return Known.of(students).lives()


def replay(students: Iterable[int], *, entry: OpenRecording, rows: dict[int, int] | None = None) -> None:
    """Make the periods of these students what their entries and changes say; only what differs is superseded and written.

    Raises `enrollment.records.life.Refusal` if a life is not coherent: callers check first. `rows` gives the file row behind each.
    """
    known, evidence = Known.of(students), rows or {}
    lives = known.lives()
    stored: dict[int, dict[int, StudentPeriod]] = defaultdict(dict)
    institution = Institution.objects.get(pk=entry.institution_id)
    for one in StudentPeriod.objects.current().filter(student_id__in=list(lives)):
        stored[one.student_id][one.position] = one
    outdated, fresh = [], []
    for student, life in lives.items():
        unchanged = set()
        for period in life.periods:
            if (written := stored[student].get(period.position)) and same(written, period):
                unchanged.add(period.position)
            else:
                fresh.append((student, period))
        outdated += [one.pk for position, one in stored[student].items() if position not in unchanged]
    StudentPeriod.objects.filter(pk__in=outdated).supersede(entry.id)
    write_periods(entry, ((student, period, evidence.get(student)) for student, period in fresh))
    write_present(known.as_on(today(institution), lives))


def same(known: StudentPeriod, period: Period) -> bool:
    return all(
        getattr(known, name) == getattr(period, name)
        for name in ("begin", "end", "state", "center_id", "programme_version_id", "location", "begun_by", "ended_by")
    )


def write_periods(entry: OpenRecording, periods: Iterable[tuple[int, Period, int | None]]) -> None:
    copy_rows(
        StudentPeriod,
        PERIOD_COLUMNS,
        (
            (entry.institution_id, student, one.position, one.begin, one.end, one.state, one.center_id,
             one.programme_version_id, one.location, one.begun_by, one.ended_by, entry.id, row)
            for student, one, row in periods
        ),
    )  # fmt: skip


def project(students: Iterable[int], day: dt.date) -> None:
    """Bring the list columns of these students in line with what holds on the day, which is today."""
    known = Known.of(students)
    write_present(known.as_on(day, known.lives()))


def write_present(lives: dict[int, Life]) -> None:
    """Write where lives stand into the list columns, and where that makes persons seen."""
    Student.objects.bulk_update(
        [
            Student(
                pk=student,
                current_state=life.state,
                current_center_id=life.last.center_id,
                current_programme_version_id=life.last.programme_version_id,
            )
            for student, life in lives.items()
        ],
        ["current_state", "current_center", "current_programme_version"],
        batch_size=2000,
    )
    renew_student_places(lives)


def last_day(life: Life) -> dt.date | None:
    """The first day on which the student is no longer counted, or None while the life goes on."""
    return life.last.end
