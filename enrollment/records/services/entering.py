"""Students come in: number, entry and first period (and, carried over from before, the changes since)."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.batches import batch_of, first_day
from common.bulk import copy_rows, next_ids
from common.crypto import encryptor
from common.dates import today
from common.errors import DomainError
from common.keys import new_public_id, new_public_ids
from common.ledger import OpenRecording
from enrollment.admission.models.places import AdmissionPlace, EntryBatch
from enrollment.records.life import Change, Entry, Life, live
from enrollment.records.models.changes import StudentChange
from enrollment.records.models.students import Student, StudentEntry
from enrollment.records.services.lives import write_periods
from enrollment.records.services.student_places import LINE, stays_of
from people.services.places import write_places


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """A change document as it comes in; targets are resolved, `old_value`/`new_value` are what it says."""

    kind: str
    effective_date: dt.date
    decision_no: str = ""
    decision_date: dt.date | None = None
    old_value: str = ""
    new_value: str = ""
    new_center_id: int | None = None
    new_programme_version_id: int | None = None
    reason: str = ""
    applicant: str = ""
    origin: str = StudentChange.Origin.AUTHORITY
    case: uuid.UUID | None = None
    source_row: int | None = None

    @property
    def change(self) -> Change:
        return Change(self.kind, self.effective_date, self.new_center_id, self.new_programme_version_id)


class EntryDraft(NamedTuple):
    """A student as the registry file says. `place_id`: the admission place that is taken, where a plan is kept."""

    student_no: str
    person_id: int
    entry_date: dt.date
    center_id: int
    programme_version_id: int
    length: Decimal
    kind: str = StudentEntry.Kind.ADMISSION
    origin: str = StudentEntry.Origin.RECORDED
    candidate_no: str = ""
    branch_name: str = ""
    class_name: str = ""
    expected_graduation: dt.date | None = None
    prior_certificate_no: str = ""
    place_id: int | None = None
    changes: tuple[ChangeDraft, ...] = ()
    source_row: int | None = None

    @property
    def entry(self) -> Entry:
        return Entry(self.entry_date, self.center_id, self.programme_version_id, str(self.kind))


ENTRY_COLUMNS = (
    "institution_id", "student_id", "kind", "origin", "entry_date", "batch_id", "center_id", "programme_version_id",
    "length", "candidate_no", "branch_name", "class_name", "expected_graduation", "prior_certificate_no",
    "recorded_in_id", "source_row",
)  # fmt: skip
CHANGE_COLUMNS = (
    "id", "public_id", "institution_id", "student_id", "kind", "effective_date", "origin", "decision_no", "decision_date",
    "old_value", "new_value", "new_center_id", "new_programme_version_id", "reason", "applicant", "approved_by_id", "case",
    "in_force", "recorded_in_id", "source_row",
)  # fmt: skip


def entry_batches(institution: Any, codes: Iterable[str]) -> dict[str, int]:
    """Keys of the institution's batches by code (`2025-autumn`), made where missing."""
    wanted = set(codes)
    EntryBatch.objects.bulk_create(
        [
            EntryBatch(
                institution=institution, code=code, year=int(code[:4]), season=code[5:], starts_on=first_day(code)
            )
            for code in sorted(wanted)
        ],
        ignore_conflicts=True,
    )
    return dict(EntryBatch.objects.filter(institution=institution, code__in=wanted).values_list("code", "pk"))


def enter_students(institution: Any, drafts: Sequence[EntryDraft], *, entry: OpenRecording) -> list[int]:
    """Write students with entry, changes and periods; returns their keys in order.

    Raises DomainError `quota_exceeded` if places run out, `enrollment.records.life.Refusal` if the changes are not coherent.
    Numbers must be free: the database refuses a second one.
    """
    batches = entry_batches(institution, (batch_of(draft.entry_date) for draft in drafts))
    keys = next_ids(Student, len(drafts))
    lives = [live(draft.entry, (one.change for one in draft.changes)) for draft in drafts]
    day = today(institution)
    present = [_without_later(draft, life, day) for draft, life in zip(drafts, lives, strict=True)]
    take_places(Counter(draft.place_id for draft in drafts if draft.place_id))
    copy_rows(
        Student,
        ("id", "public_id", "institution_id", "student_no", "person_id", "current_state", "current_center_id",
         "current_programme_version_id", "entry_batch_id", "recorded_in_id", "source_row"),
        (
            (key, public_id, institution.pk, draft.student_no, draft.person_id, life.state, life.last.center_id,
             life.last.programme_version_id, batches[batch_of(draft.entry_date)], entry.id, draft.source_row)
            for key, public_id, draft, life in zip(keys, new_public_ids(len(keys)), drafts, present, strict=True)
        ),
    )  # fmt: skip
    write_places(
        LINE,
        (
            stay
            for key, draft, life in zip(keys, drafts, present, strict=True)
            for stay in stays_of(life, institution.pk, draft.person_id, key)
        ),
    )
    write_entries(entry, zip(keys, drafts, strict=True), batches)
    write_changes(entry, ((key, one) for key, draft in zip(keys, drafts, strict=True) for one in draft.changes))
    write_periods(
        entry,
        (
            (key, period, draft.source_row)
            for key, draft, life in zip(keys, drafts, lives, strict=True)
            for period in life.periods
        ),
    )
    return keys


def _without_later(draft: EntryDraft, life: Life, day: dt.date) -> Life:
    """The life up to the day: what is decided for later does not hold yet."""
    held = [one.change for one in draft.changes if one.effective_date <= day]
    return life if len(held) == len(draft.changes) else live(draft.entry, held)


def write_entries(entry: OpenRecording, drafts: Iterable[tuple[int, EntryDraft]], batches: dict[str, int]) -> None:
    copy_rows(
        StudentEntry,
        ENTRY_COLUMNS,
        (
            (entry.institution_id, key, draft.kind, draft.origin, draft.entry_date, batches[batch_of(draft.entry_date)],
             draft.center_id, draft.programme_version_id, draft.length, draft.candidate_no, draft.branch_name,
             draft.class_name, draft.expected_graduation, draft.prior_certificate_no, entry.id, draft.source_row)
            for key, draft in drafts
        ),
    )  # fmt: skip


def write_changes(entry: OpenRecording, drafts: Iterable[tuple[int, ChangeDraft]], *, approved_by: Any = None) -> None:
    """Write change documents as they are; lives must be replayed afterwards (`lives.replay`)."""
    seal, documents = encryptor("enrollment.studentchange.reason"), list(drafts)
    copy_rows(
        StudentChange,
        CHANGE_COLUMNS,
        (
            (key, new_public_id(), entry.institution_id, student, one.kind, one.effective_date, one.origin, one.decision_no,
             one.decision_date, one.old_value, one.new_value, one.new_center_id, one.new_programme_version_id,
             seal(one.reason.encode(), entry.institution_id, key) if one.reason else None, one.applicant,
             approved_by and approved_by.pk, one.case, True, entry.id, one.source_row)
            for key, (student, one) in zip(next_ids(StudentChange, len(documents)), documents, strict=True)
        ),
    )  # fmt: skip


def lock_places(keys: Iterable[int]) -> dict[int, AdmissionPlace]:
    """The places of today for these keys, locked in the order of their keys.

    A row that was revised meanwhile is followed to the one that replaced it: what is taken is counted there. Raises
    DomainError `no_admission_plan` where nothing replaced it.
    """
    wanted = set(keys)
    rows = AdmissionPlace.objects.select_for_update(of=("self",)).order_by("pk")
    found = {place.pk: place for place in rows.filter(pk__in=wanted)}
    while outdated := {key: place for key, place in found.items() if place.superseded_in_id}:
        revised = Q(pk__in=[])
        for place in outdated.values():
            revised |= Q(batch=place.batch_id, center_offering=place.center_offering_id)
        today = {(place.batch_id, place.center_offering_id): place for place in rows.current().filter(revised)}
        if not today and not AdmissionPlace.objects.current().filter(revised).exists():
            raise DomainError(_("There is no admission plan for this combination."), code="no_admission_plan")
        for key, place in outdated.items():  # one that was revised again while we waited is looked for again
            found[key] = today.get((place.batch_id, place.center_offering_id), place)
    return found


def take_places(counts: dict[int, int]) -> None:
    """Take places. They are locked in the order of their keys and then judged, so that nothing is oversold."""
    present = lock_places(counts)
    shifts = Counter[int]()
    for key, count in counts.items():
        shifts[present[key].pk] += count
    by_key = {place.pk: place for place in present.values()}
    if full := [key for key in sorted(shifts) if by_key[key].quota - by_key[key].taken < shifts[key]]:
        raise DomainError(_("No free place is left here."), code="quota_exceeded", place=full[0])
    shift_taken(shifts)


def give_back_places(counts: dict[int, int]) -> None:
    present = lock_places(counts)
    shifts = Counter[int]()
    for key, count in counts.items():
        shifts[present[key].pk] -= count
    shift_taken(shifts)


def shift_taken(counts: dict[int, int]) -> None:
    """Add to the counters of places that are locked, all in one statement; the table's own check is the last guard."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enrollment_admissionplace SET taken = taken + shift.by"
            " FROM unnest(%s::bigint[], %s::int[]) AS shift (key, by) WHERE id = shift.key",
            [list(counts), list(counts.values())],
        )
