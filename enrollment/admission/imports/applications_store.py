"""Storing rows of `applications`: each good row is an application that has been handed in.

What is stored already is left as it is: an application lives on by its own acts, so a row that says otherwise is refused, and
one that says the same changes nothing. The row of the file is the application's evidence; no step is written for it, so that
the whole file can be taken back until somebody has acted on one of its applications.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from common.batches import first_day
from common.identifiers import IdentityNumber, nationality_of
from enrollment.admission.models.applications import Application, ApplicationStatus
from enrollment.admission.models.places import BatchWindow, EntryBatch
from enrollment.admission.services.planning import Windows
from enrollment.admission.services.telling import tell_deciders
from enrollment.records.imports.admission import Admission
from enrollment.records.services.entering import entry_batches
from exchange.importing import Row, Store, differing
from exchange.importing.rows import CREATED
from learning_centers.catalogue import Course
from learning_centers.models import LearningCenter
from learning_centers.rules import Rulebook
from learning_centers.services import offer_at_centers
from people.services import identity_digest

OWN = (
    "name", "sex", "birth_date", "political_status", "ethnicity", "phone", "email", "candidate_no", "exam_score",
    "prior_school", "prior_certificate_no", "prior_graduated_on", "branch_name", "class_name", "remark",
)  # fmt: skip
KNOWN = (*OWN, "nationality")
WHERE = ("center_code", "major_code", "level_path", "study_form")
JOINED = ("center_offering__center", "center_offering__programme_version__programme__major")
RULE = "candidate_no_required"
Key = tuple[int, str]


@dataclass
class Known:
    """Stored batches, and what lives of applications, by institution, batch and number."""

    batches: dict[Key, int] = field(default_factory=dict)
    persons: dict[tuple[int, bytes], Application] = field(default_factory=dict)
    candidates: dict[tuple[int, str], int] = field(default_factory=dict)


class ApplicationsStore(Store):
    reports = frozenset(
        {"batch", "center_code", "major_code", "major_name", "study_form", "id_no", "candidate_no", "name"}
    )

    def __init__(self, desk: Any) -> None:
        super().__init__(desk)
        self.admission = Admission.load(desk)
        centers = {target.center_id for target in self.admission.centers.values()}
        self.schools = dict(LearningCenter.objects.filter(pk__in=centers).values_list("pk", "school_id"))
        institutions = {target.institution_id for target in self.admission.centers.values()}
        self.books = {one: Rulebook.of(one, RULE) for one in institutions}

    def plan(self, rows: Sequence[Row]) -> None:
        for row in rows:
            batch = row["batch"] if row.sound("batch") else None
            self.admission.judge(row, first_day(batch) if batch else None, batch)
        placed = [row for row in rows if row.institution_id and row.sound("batch")]
        known = self._load(placed)
        windows = Windows.load(known.batches.values())
        for row in placed:
            for column, code in self._remarks(row, known, windows):
                row.say(column, code)
            if not row.rejected:
                self._compare(row, known)

    def _load(self, rows: Sequence[Row]) -> Known:
        known = Known()
        institutions = {row.institution_id for row in rows}
        batches = EntryBatch.objects.filter(institution__in=institutions, code__in={row["batch"] for row in rows})
        known.batches = {
            (institution, code): key for institution, code, key in batches.values_list("institution", "code", "pk")
        }
        alive = Application.objects.alive().exclude(status=ApplicationStatus.DRAFT).filter(batch__in=batches)
        digests = [self._digest(row) for row in rows if isinstance(row["id_no"], IdentityNumber)]
        for one in alive.filter(id_digest__in=digests).select_related(*JOINED):
            known.persons[one.batch_id, bytes(one.id_digest or b"")] = one
        numbers = [row["candidate_no"] for row in rows if row.sound("candidate_no")]
        for batch, number, key in alive.filter(candidate_no__in=numbers).values_list("batch", "candidate_no", "pk"):
            known.candidates[batch, number] = key
        return known

    def _remarks(self, row: Row, known: Known, windows: Windows) -> Iterator[tuple[str, str]]:
        """What the institution's rules and windows say of the row."""
        institution = row.institution_id or 0
        target = self.admission.centers[row["center_code"]]
        batch = known.batches.get((institution, row["batch"]))
        school = self.schools[target.center_id]
        if batch and not windows.is_open(batch, BatchWindow.Function.APPLY, self.desk.today, school):
            yield "batch", "window_closed"
        if row["candidate_no"] is None and self.books[institution].rule(
            RULE, on=first_day(row["batch"]), province_code=target.province_code,
            level_path=row["level_path"] if row.sound("level_path") else "",
        ):  # fmt: skip
            yield "candidate_no", "required"

    def _compare(self, row: Row, known: Known) -> None:
        batch = known.batches.get((row.institution_id or 0, row["batch"]), 0)
        stored = known.persons.get((batch, self._digest(row)))
        if stored is None:
            if (batch, row["candidate_no"]) in known.candidates:
                row.say("candidate_no", "candidate_twice")
            row.outcome = CREATED
            return
        version = stored.center_offering.programme_version
        course = Course(version.programme.major.code, version.programme.level_path, version.study_form)
        there = course._asdict() | {"center_code": stored.center_offering.center.code}
        if stored.is_transfer or differing(row, there, WHERE):
            row.say("id_no", "application_twice")
        elif differing(row, {name: getattr(stored, name) for name in KNOWN}, KNOWN):
            row.say("id_no", "application_differs")

    def _nationality(self, row: Row) -> str:
        return row["nationality"] or nationality_of(row["id_no"].type)

    def _digest(self, row: Row) -> bytes:
        return identity_digest(row.institution_id or 0, *row["id_no"].person)

    def write(self, rows: Sequence[Row], entry: Any, institution: Any) -> None:
        batches = entry_batches(institution, {row["batch"] for row in rows})
        pairs = {
            row.number: (
                self.admission.centers[row["center_code"]].center_id, self.admission.version(row, row["batch"]) or 0,
            )
            for row in rows
        }  # fmt: skip
        offerings = offer_at_centers(institution, pairs.values(), entry=entry)
        now = timezone.now()
        written = Application.objects.bulk_create(
            [
                Application(
                    institution=institution,
                    batch_id=batches[row["batch"]],
                    center_offering_id=offerings[pairs[row.number]],
                    status=ApplicationStatus.SUBMITTED,
                    submitted_at=now,
                    created_by=self.desk.by,
                    id_type=row["id_no"].type,
                    id_no=row["id_no"].number,
                    id_digest=self._digest(row),
                    nationality=self._nationality(row),
                    recorded_in_id=entry.id,
                    source_row=row.number,
                    **{name: value for name in OWN if (value := row[name]) is not None},
                )
                for row in rows
            ],
            batch_size=2000,
        )
        keys = [one.pk for one in written]
        tell_deciders(list(Application.objects.filter(pk__in=keys).select_related("institution", *JOINED)))
