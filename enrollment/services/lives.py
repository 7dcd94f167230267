"""Lives in the database: loading what is known, replaying it, and writing the periods that differ."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from common.bulk import copy_rows
from common.ledger import OpenRecording
from enrollment.life import Change, Entry, Follow, Life, Period, live
from enrollment.models import Student, StudentChange, StudentEntry, StudentPeriod
from enrollment.models.changes import ChangeKind
from learning_centers.catalogue import Catalogue, catalogues

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


def follower(catalogue: Catalogue, entry: Entry) -> Follow:
    """What a change of major or form means for someone who entered so (see `enrollment.life.Follow`)."""

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


def lives_of(students: Iterable[int]) -> dict[int, Life]:
    keys = list(students)
    entries, changes = entries_of(keys), changes_of(keys)
    follows = followers(entries, changes)
    return {student: live(entry, changes[student], follows.get(student)) for student, entry in entries.items()}


def replay(students: Iterable[int], *, entry: OpenRecording, rows: dict[int, int] | None = None) -> None:
    """Make the periods of these students what their entries and changes say; only what differs is superseded and written.

    Raises `enrollment.life.Refusal` if a life is not coherent: callers check first. `rows` gives the file row behind each.
    """
    lives, evidence = lives_of(students), rows or {}
    stored: dict[int, dict[int, StudentPeriod]] = defaultdict(dict)
    for one in StudentPeriod.objects.current().filter(student_id__in=list(lives)):
        stored[one.student_id][one.position] = one
    outdated, fresh = [], []
    for student, life in lives.items():
        unchanged = set()
        for period in life.periods:
            if (known := stored[student].get(period.position)) and same(known, period):
                unchanged.add(period.position)
            else:
                fresh.append((student, period))
        outdated += [known.pk for position, known in stored[student].items() if position not in unchanged]
    StudentPeriod.objects.filter(pk__in=outdated).supersede(entry.id)
    write_periods(entry, ((student, period, evidence.get(student)) for student, period in fresh))
    project(lives)


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


def project(lives: dict[int, Life]) -> None:
    """Bring the list columns of students in line with their lives."""
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


def last_day(life: Life) -> dt.date | None:
    """The first day on which the student is no longer counted, or None while the life goes on."""
    return life.last.end
