"""Changes that rest on a batch although no row of theirs points to its rows (docs/rules.md §6.2)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from enrollment.records.life import Change, Entry, Follow, Refusal, live
from enrollment.records.models.changes import StudentChange
from enrollment.records.models.students import StudentEntry, StudentState
from enrollment.records.services.lives import changes_of, entries_of, followers
from exchange.importing import Footprint

Documents = dict[int, dict[Change, int]]


def resting_on(footprint: Footprint) -> Iterator[tuple[str, int, str]]:
    """Replay the lives that the batch touched as they would be without it: (table, key, reason) of each change that would
    be refused, or that would find the student in another state and so mean something else (the diploma after completion).
    """
    entries = _entries(footprint)
    later = _documents(footprint.outside(StudentChange).filter(superseded_in__isnull=True), entries)
    restored = _documents(footprint.replaced(StudentChange), entries)
    lives = {student: [*later[student], *restored[student]] for student in entries}
    follows, present, changes = followers(entries, lives), entries_of(entries), changes_of(entries)
    table = StudentChange._meta.label_lower
    for student, entry in entries.items():
        follow, remaining = follows.get(student), lives[student]
        while refused := _refused(entry, remaining, follow):
            remaining.remove(refused)
            yield table, (later[student] | restored[student])[refused], _("no longer possible without it")
        for change in remaining:
            if change in later[student] and _found(entry, remaining, change, follow) != _found(
                present[student], changes[student], change, follow
            ):
                yield table, later[student][change], _("would mean something else without it")


def _refused(entry: Entry, changes: Iterable[Change], follow: Follow | None) -> Change | None:
    try:
        live(entry, changes, follow)
    except Refusal as refusal:
        return refusal.change
    return None


def _found(entry: Entry, changes: Iterable[Change], change: Change, follow: Follow | None) -> StudentState | None:
    """The state in which the change finds the student; None if what came before does not hold."""
    try:
        return live(entry, [one for one in changes if one.effective_date < change.effective_date], follow).state
    except Refusal:
        return None


def _entries(footprint: Footprint) -> dict[int, Entry]:
    """Entries, after the undo, of students who stay and whose entry or changes it touches."""
    restored = {
        student: Entry(begin, center, version, str(kind))
        for student, begin, center, version, kind in footprint.replaced(StudentEntry).values_list(
            "student_id", "entry_date", "center_id", "programme_version_id", "kind"
        )
    }
    leaving = set(footprint.standing(StudentEntry).values_list("student_id", flat=True))
    touched = {
        *footprint.standing(StudentChange).values_list("student_id", flat=True),
        *footprint.replaced(StudentChange).values_list("student_id", flat=True),
    }
    return entries_of(touched - leaving - set(restored)) | restored


def _documents(rows: Any, students: Iterable[int]) -> Documents:
    """Those that are in force, by student, with the keys of their rows."""
    found: Documents = defaultdict(dict)
    for key, student, *change in rows.filter(student_id__in=list(students), in_force=True).values_list(
        "pk", "student_id", "kind", "effective_date", "new_center_id", "new_programme_version_id"
    ):
        found[student][Change(*change)] = key
    return found
